import { expect, test } from 'vitest';
import { commandLine, renderRedo } from '../../../src/logs/render-redo.ts';

const common = { time: 0, app: 'shop' };
const bad = (text: string) => `!${text}!`;

test('what is redone is one line', () => {
  const reason = 'bin/finalize of ruby_buildpack changed: from finalize';
  expect(renderRedo({ type: 'redo', ...common, kind: 'redo', reason }, bad)).toBe(`\n${reason}`);
});

test('where the time went is a table with the phases, the start, the rest and the sum', () => {
  const timing = {
    totalMs: 1234,
    startMs: 420,
    overheadMs: 509,
    phases: [
      { phase: 'finalize', buildpack: 'ruby_buildpack', durationMs: 300 },
      { phase: 'release', buildpack: 'ruby_buildpack', durationMs: 5 },
    ],
  };
  expect(renderRedo({ type: 'redone', ...common, kind: 'redo', reason: '', timing }, bad)).toBe(
    `bin/finalize of ruby_buildpack   0.30 s
bin/release of ruby_buildpack    0.01 s
start of the app                 0.42 s
cfstage                          0.51 s
from the change to the answer    1.23 s
`,
  );
});

test('a failure says the phase, its exit status, the command line, the way in, and who serves', () => {
  const event = {
    ...{ type: 'redo-failed' as const, ...common, code: 'BUILDPACK_COMPILE_FAILED', message: 'It failed.' },
    hint: 'Read on.',
    phase: { phase: 'finalize', buildpack: 'bp', argv: ['/tmp/b/bin/finalize', "it's", '0'], exitCode: 7 },
    serving: true,
  };
  expect(renderRedo(event, bad)).toBe(`It failed.
Read on.
bin/finalize of bp ended with exit status 7. It was run as: /tmp/b/bin/finalize 'it'\\''s' 0
The container is as it left it: cfstage ssh --staging shop
App shop goes on as it was before.
!FAILED! (BUILDPACK_COMPILE_FAILED)
`);
  expect(renderRedo({ ...event, hint: null, phase: null, serving: false }, bad)).toBe(`It failed.
App shop does not run yet.
!FAILED! (BUILDPACK_COMPILE_FAILED)
`);
});

test('a command line can be typed as it is', () => {
  expect(commandLine(['/bin/x', 'a b', '', "'", '$HOME'])).toBe(`/bin/x 'a b' '' ''\\''' '$HOME'`);
});
