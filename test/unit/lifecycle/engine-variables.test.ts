import { expect, it } from 'vitest';
import { withoutEngineVariables } from '../../../src/lifecycle/engine-variables.ts';

it.each([
  { env: {}, argv: ['/usr/bin/env', '-u', 'HOSTNAME', '-u', 'container'] },
  { env: { container: 'mine' }, argv: ['/usr/bin/env', '-u', 'HOSTNAME'] },
  { env: { HOSTNAME: 'mine', container: 'mine' }, argv: [] },
])('a process with $env runs through $argv', ({ env, argv }) => {
  expect(withoutEngineVariables(env)).toEqual(argv);
});
