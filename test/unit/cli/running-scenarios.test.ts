import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderRunning } from '../../../src/cli/running-scenarios.ts';
import { cellsOf } from '../../../src/logs/fit-text.ts';

const long = ['serves the app that has a long name', 'says what is wrong with a broken app', 'is quick'].map(
  (name) => ({ name, step: 'expect log, files' }),
);

describe('the scenarios that go on', () => {
  it.each([
    [60, [{ name: 'serves', step: '' }], 'serves'],
    [60, [{ name: 'serves', step: 'stage' }], 'serves: stage'],
    [0, [], ''],
    [
      140,
      long,
      'serves the app that has…: expect log, files · says what is wrong with…: expect log, files · is quick: expect log, files',
    ],
    [80, long, 'serves the…: expect log… · says what…: expect log… · is quick: expect log, f…'],
    [60, long, 'serves the a…: expect log,… · says what is…: expect log,… +1'],
    [30, long, 'serves the a…: expect log,… +2'],
    [10, long, 'se…: e… +2'],
  ])('in %d cells', (columns, running, expected) => {
    expect(renderRunning(running, columns)).toBe(expected);
  });

  it('always fit', () => {
    const scenario = fc.record({ name: fc.string({ minLength: 1 }), step: fc.string() });
    fc.assert(
      fc.property(fc.array(scenario, { maxLength: 20 }), fc.nat(200), (running, columns) => {
        expect(cellsOf(renderRunning(running, columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});
