import { CfstageError } from '../errors.ts';

/** A flag that does not fit, in the words of the cf CLI. */
export function usageError(message: string, hint = 'See `cfstage push --help`.'): CfstageError {
  return new CfstageError('USAGE', `Incorrect Usage: ${message}`, { hint });
}
