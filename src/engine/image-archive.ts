import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import type Docker from 'dockerode';
import { CfstageError, interruption } from '../errors.ts';
import { engineError } from './engine-errors.ts';

/** An image as `docker save` writes it, with its name. */
export async function saveImage(docker: Docker, reference: string, signal: AbortSignal): Promise<Readable> {
  try {
    const tar = (await docker.getImage(reference).get()) as unknown as Readable;
    const stop = (): void => void tar.destroy(interruption(signal));
    signal.addEventListener('abort', stop, { once: true });
    tar.once('close', () => signal.removeEventListener('abort', stop));
    if (signal.aborted) stop();
    return tar;
  } catch (error) {
    throw engineError(`save the image ${reference}`, error);
  }
}

/** Gives an engine the images of such a tar. */
export async function loadImage(docker: Docker, tar: Readable, signal: AbortSignal): Promise<void> {
  try {
    const answer = await docker.loadImage(tar, { quiet: true, abortSignal: signal } as object);
    // An engine that cannot use the tar says so in an answer that began well.
    for await (const line of createInterface({ input: answer })) {
      const { error } = JSON.parse(line) as { error?: string };
      if (error !== undefined)
        throw new CfstageError('ENGINE_FAILED', `The engine cannot load the image: ${error}`);
    }
  } catch (error) {
    if (signal.aborted) throw interruption(signal);
    throw error instanceof CfstageError ? error : engineError('load an image', error);
  } finally {
    tar.destroy();
  }
}
