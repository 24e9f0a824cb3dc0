import { randomUUID } from 'node:crypto';
import type { WatchedDroplet } from '../stager/watched-droplet.ts';
import { holdDroplet } from './held-droplet.ts';
import type { RunnableDroplet } from './instance-starter.ts';
import { keepDroplet } from './keep-droplet.ts';
import type { PreparedStaging } from './prepare-staging.ts';
import type { Standby } from './standby.ts';
import type { ComingDroplet } from './watched-app.ts';
import type { Workbench } from './workbench.ts';
import { CfstageError } from '../errors.ts';

/**
 * The droplet of a staging of a watched app on its way into the state folder, which begins when it is asked for: the
 * first instance has it before. Disposing gives it up.
 */
export class KeptLater implements ComingDroplet {
  readonly ready: Promise<RunnableDroplet>;
  readonly #keep: () => Promise<RunnableDroplet>;
  #settle: (kept: Promise<RunnableDroplet>) => void = () => undefined;
  #isBegun = false;
  #isGivenUp = false;

  constructor(keep: () => Promise<RunnableDroplet>) {
    this.#keep = keep;
    this.ready = new Promise((resolve) => (this.#settle = resolve));
    this.ready.catch(() => undefined);
  }

  get isBegun(): boolean {
    return this.#isBegun;
  }

  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  begin(): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    this.#settle(this.#keep());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isGivenUp = true;
    if (!this.#isBegun) {
      this.#isBegun = true;
      this.#settle(Promise.reject(new CfstageError('INTERRUPTED', 'The droplet was given up')));
    }
    await (await this.ready.catch(() => undefined))?.[Symbol.asyncDispose]();
  }
}

/** Stores a droplet and its cache as a push does, and fills the container that waits for the next one on the way. */
export async function keepWatched(
  prepared: PreparedStaging,
  droplet: WatchedDroplet,
  standby: Standby,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<RunnableDroplet> {
  // Each redo has the build guid of its container; a droplet in the state folder has one of its own.
  const plan = { ...prepared.plan, buildGuid: randomUUID() };
  const { result, stagingInfo, container, log } = droplet;
  const stays = {
    ...{ result, stagingInfo, container, log },
    openDroplet: (abort: AbortSignal) => droplet.openDroplet(abort),
    openCache: (abort: AbortSignal) => droplet.openCache(abort),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const { stored } = await keepDroplet(
    { ...prepared, plan },
    stays,
    workbench,
    async ({ tar }, _stored, abort) => await standby.fill(tar, droplet.entries, abort),
    signal,
  );
  return await holdDroplet(workbench.home, stored);
}
