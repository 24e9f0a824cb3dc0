import { randomUUID } from 'node:crypto';
import { SessionDirectory, type SessionRecord } from '../host/session-directory.ts';
import { currentOwner } from '../host/session-owner.ts';
import { ensureOfflineNetwork, ensurePrivateNetwork, removePrivateNetworks } from './private-network.ts';
import type { Workbench } from './workbench.ts';

/** What a session does that others have to know of. */
export interface Announcement extends Pick<SessionRecord, 'kind' | 'app' | 'services'> {
  /** Where it takes requests; only sessions of kind `app` do. */
  readonly socket: string;
}

/**
 * A session's place among all sessions of the state folder, which share a private network and backing services. The
 * network is there from the first that enters to the last that leaves.
 */
export class Membership implements AsyncDisposable {
  readonly id: string;
  readonly #workbench: Workbench;
  readonly #directory: SessionDirectory;
  readonly #record: SessionRecord;
  #left: Promise<void> | undefined;
  #shared: AsyncDisposable | undefined;

  static newId({ cell }: Workbench): string {
    return `${cell.session.id}.${randomUUID().slice(0, 8)}`;
  }

  static async enter(
    id: string,
    announcement: Announcement,
    workbench: Workbench,
    offline: boolean,
  ): Promise<Membership> {
    const membership = new Membership({ ...announcement, id, owner: await currentOwner() }, workbench);
    await membership.#directory.enter(membership.#record, async () => {
      await ensurePrivateNetwork(workbench);
      if (offline) await ensureOfflineNetwork(workbench);
    });
    return membership;
  }

  private constructor(record: SessionRecord, workbench: Workbench) {
    this.id = record.id;
    this.#record = record;
    this.#workbench = workbench;
    this.#directory = new SessionDirectory(workbench.home);
  }

  /** Whether any other session uses the service instance of this name. */
  async inUse(service: string): Promise<boolean> {
    const sessions = await this.#directory.sessions();
    return sessions.some(({ id, services }) => id !== this.id && services.includes(service));
  }

  /** Others have to know of a service before it is started for this one, and until it is given up. */
  async announceServices(services: readonly string[]): Promise<void> {
    await this.#directory.enter({ ...this.#record, services }, () => Promise.resolve());
  }

  /** Leaves this to be disposed of when nobody can enter or leave meanwhile: who uses it then is certain. */
  share(held: AsyncDisposable): void {
    this.#shared = held;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#left ??= this.#directory.leave(this.id, async (others) => {
      await this.#shared?.[Symbol.asyncDispose]();
      if (others.length === 0) await removePrivateNetworks(this.#workbench);
    });
    return this.#left;
  }
}
