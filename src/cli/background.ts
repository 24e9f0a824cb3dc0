import { CfstageError } from '../errors.ts';
import type { Sink } from '../logs/emitter.ts';
import type { Event } from '../logs/event.ts';

/** What a process in the background tells the one that started it. */
export type BackgroundMessage = { readonly event?: Event } | { readonly ready: true };

/** The other end of `detach`: events go to the terminal that waits until the app has started, then to nobody. */
export class BackgroundSink implements Sink {
  readonly #gone = new AbortController();
  #ready = false;

  constructor() {
    process.once('disconnect', () => {
      // Nobody waits for this app, and nobody would know of it.
      if (!this.#ready) this.#gone.abort(new CfstageError('INTERRUPTED', 'The terminal has gone'));
    });
  }

  /** Fires when the terminal goes before the app has started. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  write(event: Event): undefined {
    if (process.connected) process.send?.({ event } satisfies BackgroundMessage);
  }

  /** Lets the terminal go. */
  async ready(): Promise<void> {
    this.#ready = true;
    await hangUp({ ready: true });
  }

  /** An open channel would keep this process alive. */
  async close(): Promise<void> {
    await hangUp({});
  }
}

/** Ends the connection once all that was sent has left. */
async function hangUp(last: BackgroundMessage): Promise<void> {
  if (!isConnected()) return;
  await new Promise<void>((resolve) => void process.send?.(last, undefined, {}, () => resolve()));
  if (isConnected()) process.disconnect();
}

function isConnected(): boolean {
  return process.connected;
}
