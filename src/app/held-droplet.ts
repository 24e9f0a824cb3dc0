import type { Readable } from 'node:stream';
import { CfstageError } from '../errors.ts';
import { holdFile, type HeldFile } from '../host/held-file.ts';
import type { Home } from '../host/home.ts';
import { currentDroplet, dropletFile, type StoredDroplet } from './droplet-store.ts';
import { requireKnownApp } from './known-app.ts';

/** A droplet with its file open, so that a staging that replaces it does not take it away. */
export interface HeldDroplet extends AsyncDisposable {
  readonly stored: StoredDroplet;
  /** The plain tar, from its beginning each time. */
  open(): Readable;
}

/** Holds a droplet that has just been stored. Raises DROPLET_INVALID when another staging was faster. */
export async function holdDroplet(home: Home, stored: StoredDroplet): Promise<HeldDroplet> {
  const { name } = stored.app;
  const file = await holdFile(dropletFile(home, name, stored.buildGuid));
  if (file !== undefined) return held(stored, file);
  throw new CfstageError('DROPLET_INVALID', `The droplet of app '${name}' was replaced by another staging`, {
    hint: `Run its newest droplet: cfstage start ${name}.`,
  });
}

/** Raises APP_NOT_FOUND, and `noDroplet` when the app has none. */
export async function holdCurrentDroplet(
  home: Home,
  app: string,
  noDroplet: CfstageError,
): Promise<HeldDroplet> {
  let missing: string | undefined;
  for (;;) {
    const stored = await currentDroplet(home, app);
    if (stored === undefined || stored.buildGuid === missing) {
      await requireKnownApp(home.root, app);
      throw noDroplet;
    }
    const file = await holdFile(dropletFile(home, app, stored.buildGuid));
    if (file !== undefined) return held(stored, file);
    // Replaced since its record was read, or lost.
    missing = stored.buildGuid;
  }
}

function held(stored: StoredDroplet, file: HeldFile): HeldDroplet {
  return { stored, open: () => file.open(), [Symbol.asyncDispose]: () => file[Symbol.asyncDispose]() };
}
