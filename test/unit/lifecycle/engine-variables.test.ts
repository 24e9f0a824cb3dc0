import { expect, it } from 'vitest';
import { withoutEngineVariables } from '../../../src/lifecycle/engine-variables.ts';

it.each([
  { env: {}, argv: ['/usr/bin/env', '-u', 'HOSTNAME', '-u', 'container', '-u', 'TERM'] },
  { env: { container: 'mine' }, argv: ['/usr/bin/env', '-u', 'HOSTNAME', '-u', 'TERM'] },
  { env: { HOSTNAME: 'mine', container: 'mine', TERM: 'mine' }, argv: [] },
])('a process with $env runs through $argv', ({ env, argv }) => {
  expect(withoutEngineVariables(env)).toEqual(argv);
});
