import { CfstageError } from '../errors.ts';
import type { StageRequest, EgressRequest } from './request.ts';

/** Traffic is not recorded yet: an empty list would be taken for an app that tries nothing. */
export function refuseUnrecorded(request: EgressRequest & Pick<StageRequest, 'proxy'>): void {
  const asked = request.traffic ? 'Traffic is' : request.proxy === undefined ? undefined : 'A proxy is';
  if (asked === undefined) return;
  throw new CfstageError('USAGE', `${asked} not recorded by this version`, {
    hint: 'Ask for `offline` alone; what is tried then is refused, and the log shows it.',
  });
}
