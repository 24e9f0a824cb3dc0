import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { CfstageError, systemErrorCode } from '../errors.ts';
import type { Home } from '../host/home.ts';
import { stateError } from '../host/state-error.ts';
import { currentDroplet, dropletFile, type StoredDroplet } from './droplet-store.ts';
import { requireKnownApp } from './known-app.ts';

/** An app's current droplet with its file open, so that a staging that replaces it does not take it away. */
export interface HeldDroplet extends AsyncDisposable {
  readonly stored: StoredDroplet;
  /** The plain tar; to be read once. */
  open(): Readable;
}

/** Raises APP_NOT_FOUND, and DROPLET_INVALID in Cloud Controller's words when the app has no droplet. */
export async function holdCurrentDroplet(home: Home, app: string): Promise<HeldDroplet> {
  let missing: string | undefined;
  for (;;) {
    const stored = await currentDroplet(home, app);
    if (stored === undefined || stored.buildGuid === missing) {
      await requireKnownApp(home.root, app);
      throw noDroplet(app);
    }
    const file = await openFile(dropletFile(home, app, stored.buildGuid));
    if (file !== undefined) return held(stored, file);
    // Replaced since its record was read, or lost.
    missing = stored.buildGuid;
  }
}

function held(stored: StoredDroplet, file: FileHandle): HeldDroplet {
  return {
    stored,
    open: () => file.createReadStream(),
    [Symbol.asyncDispose]: () => file.close(),
  };
}

async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw stateError(error, path);
  }
}

/** Source: cloud_controller_ng app/actions/task_create.rb. */
function noDroplet(app: string): CfstageError {
  return new CfstageError(
    'DROPLET_INVALID',
    'Task must have a droplet. Specify droplet or assign current droplet to app.',
    { hint: `Stage the app first: cfstage push ${app}, or cfstage stage ${app}.` },
  );
}
