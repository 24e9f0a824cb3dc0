import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LogJson } from '../../../src/logs/log-json.ts';

const few = fc.constantFrom('a', 'b"\\', 'ü\u2028');
const event = fc.record({
  type: fc.constant('log' as const),
  app: few,
  source: few,
  stream: fc.constantFrom('OUT' as const, 'ERR' as const),
  message: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '"', '\\', '\0\x1b[31m', '\ud800')),
  time: fc.nat(),
});

it('writes what JSON.stringify would, whatever came before', () => {
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const json = new LogJson();
      for (const each of events) expect(json.line(each, String(each.time))).toBe(JSON.stringify(each));
    }),
    { numRuns: 2000 },
  );
});
