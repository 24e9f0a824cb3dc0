import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CfstageError } from '../errors.ts';
import { isEndpoint, type Endpoint } from '../router/endpoint.ts';
import type { SeatRecord, SharedRoutes } from '../router/router-seat.ts';
import { readStateText } from './app-store.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { watchDirectory } from './directory-watch.ts';
import { encodeAppName, type Home } from './home.ts';
import { claimRouterSeat, isRouterSeatFree } from './router-record.ts';
import { currentOwner, ownerState } from './session-owner.ts';
import { stateError } from './state-error.ts';
import { isAbandoned } from './temporary-name.ts';

/** What a session's file holds. */
interface Published {
  readonly owner: string;
  readonly endpoints: readonly Endpoint[];
}

/**
 * The endpoints of all sessions of this machine: one file a session in the state folder, which counts as long as the
 * process lives that wrote it. All of it raises DISK_FULL and STATE_UNREADABLE.
 */
export class RouteDirectory implements SharedRoutes {
  readonly #home: Home;
  readonly #folder: string;
  /** What is published last is written last. */
  #writing: Promise<void> = Promise.resolve();

  constructor(home: Home) {
    this.#home = home;
    this.#folder = join(home.root, 'routes');
  }

  /** Replaces what a session of this process offers. */
  async publish(session: string, endpoints: readonly Endpoint[]): Promise<void> {
    await this.#afterOthers(async () => {
      const published: Published = { owner: await currentOwner(), endpoints };
      await writeFileAtomically(this.#file(session), `${JSON.stringify(published)}\n`);
    });
  }

  async withdraw(session: string): Promise<void> {
    await this.#afterOthers(() => this.#remove(this.#file(session)));
  }

  /** What all sessions that live offer, oldest name first. Removes what dead ones left. */
  async endpoints(): Promise<readonly Endpoint[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const routes = names.filter((name) => name.endsWith('.json')).sort();
    const [found] = await Promise.all([
      Promise.all(routes.map((name) => this.#live(join(this.#folder, name)))),
      ...names.filter((name) => name.endsWith('.tmp')).map((name) => this.#removeAbandoned(name)),
    ]);
    return found.flat();
  }

  async watch(changed: () => void): Promise<Disposable> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw stateError(error, this.#folder);
    });
    const watch = this.#watch(changed);
    return { [Symbol.dispose]: () => watch?.[Symbol.dispose]() };
  }

  async claimSeat(
    take: (last: SeatRecord | undefined) => Promise<number | undefined>,
  ): Promise<(stopListening?: () => void) => Promise<void>> {
    return await claimRouterSeat(this.#home, take);
  }

  async isSeatFree(): Promise<boolean> {
    return await isRouterSeatFree(this.#home);
  }

  /** Whoever watches reads again now and then anyway, so one that cannot watch any more is only slower. */
  #watch(changed: () => void): Disposable | undefined {
    try {
      return watchDirectory(this.#folder, (name) => {
        if (name === undefined || name.endsWith('.json')) changed();
      });
    } catch (error) {
      if (error instanceof CfstageError && error.code === 'WATCH_LIMIT_REACHED') return undefined;
      throw error;
    }
  }

  async #live(path: string): Promise<readonly Endpoint[]> {
    const published = parsePublished(await readStateText(path));
    if (published === undefined) return [];
    const state = await ownerState(published.owner);
    if (state === 'dead') await this.#remove(path);
    return state === 'alive' ? published.endpoints : [];
  }

  #file(session: string): string {
    return join(this.#folder, `${encodeAppName(session)}.json`);
  }

  /** What a killed session was just writing. */
  async #removeAbandoned(name: string): Promise<void> {
    const path = join(this.#folder, name);
    if (await isAbandoned(path, name)) await this.#remove(path);
  }

  async #remove(path: string): Promise<void> {
    await rm(path, { force: true }).catch((error: unknown) => {
      throw stateError(error, path);
    });
  }

  async #afterOthers(work: () => Promise<void>): Promise<void> {
    const done = this.#writing.then(work);
    this.#writing = done.catch(() => undefined);
    await done;
  }
}

/** Undefined for what no session of this version wrote. */
function parsePublished(text: string | undefined): Published | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    if (typeof value !== 'object' || value === null || !('owner' in value && 'endpoints' in value))
      return undefined;
    const { owner, endpoints } = value;
    if (typeof owner !== 'string' || !Array.isArray(endpoints) || !endpoints.every(isEndpoint))
      return undefined;
    return { owner, endpoints };
  } catch {
    return undefined;
  }
}
