import { CfstageError } from '../errors.ts';
import type { Failure, Place } from '../report/test-run.ts';
import { ExpectationFailure } from './expectation-failure.ts';

/** What a step has thrown, for the reports. */
export function failureOf(error: unknown, at: Place): Failure {
  if (error instanceof ExpectationFailure) {
    const { message, details } = error;
    return { message, at, ...(details === undefined ? {} : { details }) };
  }
  if (!(error instanceof CfstageError)) {
    const details = error instanceof Error ? error.stack : undefined;
    return { message: String(error), at, code: 'INTERNAL', ...(details === undefined ? {} : { details }) };
  }
  // The first paragraph says it; the others are the end of the log.
  const [message = '', ...rest] = error.message.split('\n\n');
  const { code, hint } = error;
  return {
    message,
    at,
    code,
    ...(rest.length === 0 ? {} : { details: rest.join('\n\n') }),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** `during`: where it was, as the end of a sentence. */
export function timeoutFailure(milliseconds: number, during: string, at: Place): Failure {
  return {
    message: `The scenario took longer than ${milliseconds / 1000} s${during}`,
    hint: 'Give it more time with `timeout:`, or see in the log what it waits for.',
    at,
  };
}
