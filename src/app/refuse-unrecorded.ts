import { CfstageError } from '../errors.ts';
import type { EgressRequest } from './request.ts';

/** Traffic is not recorded yet: an empty list would be taken for an app that tries nothing. */
export function refuseUnrecorded({ traffic }: EgressRequest): void {
  if (!traffic) return;
  throw new CfstageError('USAGE', 'Traffic is not recorded by this version', {
    hint: 'Ask for `offline` alone; what is tried then is refused, and the log shows it.',
  });
}
