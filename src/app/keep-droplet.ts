import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { tee } from '../archive/tee.ts';
import { CfstageError } from '../errors.ts';
import { appFiles } from '../host/app-store.ts';
import { writeStreamAtomically } from '../host/atomic-file.ts';
import type { StagedDroplet } from '../stager/conclude-staging.ts';
import { dropletFile, setCurrentDroplet, type StoredDroplet } from './droplet-store.ts';
import type { PreparedStaging } from './prepare-staging.ts';
import { together } from './together.ts';
import type { Workbench } from './workbench.ts';

/** Takes the droplet's tar on its way to the store, e.g. into the app's container. */
export type DropletReader<T> = (
  stream: { readonly tar: Readable; bytes(): number },
  /** Settles once the droplet can be had from the store. */
  stored: Promise<StoredDroplet>,
  signal: AbortSignal,
) => Promise<T>;

/**
 * Brings a staged droplet and its cache out of the staging container into the state folder, and at the same time to
 * `reader`, uncompressed: a push must not wait for gzip. Only when all has arrived is it the app's current droplet.
 */
export async function keepDroplet<T>(
  prepared: PreparedStaging,
  staged: StagedDroplet & AsyncDisposable,
  { home }: Workbench,
  reader: DropletReader<T>,
  signal: AbortSignal,
): Promise<{ readonly stored: StoredDroplet; readonly read: T }> {
  const { app, plan, services } = prepared;
  const { log } = staged;
  log.uploading();
  const counted = { cache: 0 };
  const droplet = tee(await staged.openDroplet(signal));
  const file = dropletFile(home, app.name, plan.buildGuid);
  const arrived = together(
    signal,
    async (abort) => {
      await writeStreamAtomically(file, droplet.second, abort);
    },
    async (abort) => {
      const cache = counting(await staged.openCache(abort), (size) => (counted.cache += size));
      await writeStreamAtomically(appFiles(home, app.name).cache(plan.stack), cache, abort);
    },
  ).catch(async (error: unknown) => {
    // The droplet may be whole when the cache breaks off.
    await rm(file, { force: true }).catch(() => undefined);
    throw error;
  });
  const kept = arrived.then(async () => {
    log.uploaded({ droplet: droplet.bytes(), cache: counted.cache });
    // Begun here, while the app is being started; whoever owns the staging waits for its end.
    Promise.resolve(staged[Symbol.asyncDispose]()).catch(() => undefined);
    const stored: StoredDroplet = {
      app,
      run: prepared.run,
      stack: plan.stack,
      buildGuid: plan.buildGuid,
      result: staged.result,
      stagingInfo: staged.stagingInfo,
      ...(services.servicesFile === undefined ? {} : { servicesFile: services.servicesFile }),
    };
    await setCurrentDroplet(home, stored);
    return stored;
  });
  const [stored, read] = await together(
    signal,
    () => kept,
    (abort) =>
      reader({ tar: droplet.first, bytes: () => droplet.bytes() }, kept, abort).catch((error: unknown) =>
        causeOf(error, kept),
      ),
  );
  return { stored, read };
}

/** A droplet that cannot be written breaks the stream of its reader as well: why it cannot is what there is to tell. */
async function causeOf(error: unknown, kept: Promise<unknown>): Promise<never> {
  throw await kept.then(
    () => error,
    (cause: unknown) => (cause instanceof CfstageError ? cause : error),
  );
}

/** A reader for those who only want it kept. */
export const keepOnly: DropletReader<void> = async ({ tar }) => {
  await finished(tar.resume());
};

function counting(source: Readable, count: (bytes: number) => void): Readable {
  const counted = new PassThrough();
  source.on('data', (chunk: Buffer) => count(chunk.length));
  source.once('error', (error) => counted.destroy(error));
  counted.once('close', () => source.destroy());
  return source.pipe(counted);
}
