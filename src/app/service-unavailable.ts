import { CfstageError } from '../errors.ts';

const HINT =
  'Mend the image, env, port or command of the instance in the services file; `timeout: SECONDS` gives it more time.';

/** SERVICE_UNAVAILABLE with what the service said last, if it said anything. */
export function serviceUnavailable(
  name: string,
  why: string,
  {
    hint = HINT,
    lastLines = [],
    cause,
  }: { readonly hint?: string; readonly lastLines?: readonly string[]; readonly cause?: unknown } = {},
): CfstageError {
  const said = lastLines.length === 0 ? '' : `. Its last output:\n${lastLines.join('\n')}`;
  return new CfstageError('SERVICE_UNAVAILABLE', `Service instance '${name}' ${why}${said}`, { hint, cause });
}
