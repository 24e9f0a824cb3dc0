import { CfstageError } from '../errors.ts';
import { envNameProblem } from './env-values.ts';

/**
 * Reads `--env NAME=value`; later flags win.
 * @throws CfstageError ENV_INVALID
 */
export function readEnvFlags(flags: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(flags.map(readEnvFlag));
}

function readEnvFlag(flag: string): [string, string] {
  const equals = flag.indexOf('=');
  if (equals < 0) {
    throw new CfstageError('ENV_INVALID', `Expected env '${flag}' to be in format 'NAME=value'`, {
      hint: 'Write --env NAME=value; the value may be empty.',
    });
  }
  const name = flag.slice(0, equals);
  const problem = envNameProblem(name);
  if (problem === undefined) return [name, flag.slice(equals + 1)];
  throw new CfstageError('ENV_INVALID', `Env ${problem}`, {
    hint: `Cloud Foundry keeps '${name}' to itself; choose another name.`,
  });
}
