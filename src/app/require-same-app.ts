import { CfstageError } from '../errors.ts';
import type { RequestedApp } from './read-app.ts';

type Named = Pick<RequestedApp, 'app' | 'manifestPath'>;

/** Raises MANIFEST_NOT_FOUND when the manifest of an app that is watched is gone, and USAGE when it became another app. */
export function requireSameApp(first: Named, now: Named): void {
  if (first.manifestPath !== undefined && now.manifestPath === undefined) {
    throw new CfstageError('MANIFEST_NOT_FOUND', `The manifest ${first.manifestPath} is gone`, {
      hint: 'Put it back, or end the watch and start it again without one.',
    });
  }
  if (now.app.name === first.app.name) return;
  throw new CfstageError('USAGE', `The app is called ${now.app.name} now, it was ${first.app.name}`, {
    hint: 'End the watch and start it again.',
  });
}
