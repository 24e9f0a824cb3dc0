import { CfstageError } from '../errors.ts';
import type { WatchReading } from './watch-reader.ts';

/** Raises USAGE when an app that is watched became another one. */
export function requireSameApp({ prepared: first }: WatchReading, { prepared: now }: WatchReading): void {
  if (now.app.name !== first.app.name) {
    throw new CfstageError('USAGE', `The app is called ${now.app.name} now, it was ${first.app.name}`, {
      hint: 'End the watch and start it again.',
    });
  }
}
