import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readStateText } from './app-store.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { withFileLock } from './file-lock.ts';
import { encodeAppName, type Home } from './home.ts';
import { ownerState } from './session-owner.ts';

/** One run of an app by one process of this machine. */
export interface SessionRecord {
  /** Names it among all sessions of the state folder. */
  readonly id: string;
  readonly kind: 'app' | 'task' | 'staging';
  readonly app: string;
  readonly owner: string;
  /** Where it takes requests from other terminals; empty unless it is of kind `app`. */
  readonly socket: string;
  /** Backing services that it uses, by name. */
  readonly services: readonly string[];
}

/** The sessions of a state folder that live: one file each. All of it raises DISK_FULL and STATE_UNREADABLE. */
export class SessionDirectory {
  readonly #home: Home;
  readonly #folder: string;

  constructor(home: Home) {
    this.#home = home;
    this.#folder = join(home.root, 'sessions');
  }

  /** `prepare` makes what all sessions share; one session at a time does, and none leaves meanwhile. */
  async enter(record: SessionRecord, prepare: () => Promise<void>): Promise<void> {
    await this.#locked(async () => {
      await prepare();
      await writeFileAtomically(this.#file(record.id), `${JSON.stringify(record)}\n`);
    });
  }

  /** Gives up what is shared with those that stay; none can enter or leave until it is done. */
  async leave(id: string, giveUp: (others: readonly SessionRecord[]) => Promise<void>): Promise<void> {
    await this.#locked(async () => {
      try {
        await giveUp((await this.sessions()).filter((other) => other.id !== id));
      } finally {
        await rm(this.#file(id), { force: true });
      }
    });
  }

  /** Runs `work` with those that live, and lets none enter or leave until it is done. */
  async holding(work: (sessions: readonly SessionRecord[]) => Promise<void>): Promise<void> {
    await this.#locked(async () => {
      await work(await this.sessions());
    });
  }

  /** Those that live; what dead ones left is removed. */
  async sessions(): Promise<readonly SessionRecord[]> {
    const names = (await readdir(this.#folder).catch(() => [])).filter((name) => name.endsWith('.json'));
    const found = await Promise.all(names.sort().map((name) => this.#live(join(this.#folder, name))));
    return found.flat();
  }

  async #live(path: string): Promise<readonly SessionRecord[]> {
    const record = parseRecord(await readStateText(path));
    if (record === undefined) return [];
    const state = await ownerState(record.owner);
    if (state === 'dead') {
      await rm(path, { force: true });
      if (record.socket !== '') await rm(record.socket, { force: true });
    }
    return state === 'alive' ? [record] : [];
  }

  #file(id: string): string {
    return join(this.#folder, `${encodeAppName(id)}.json`);
  }

  async #locked(work: () => Promise<void>): Promise<void> {
    await withFileLock(join(this.#home.root, 'sessions.lock'), work);
  }
}

/** Undefined for what no session of this version wrote. */
function parseRecord(text: string | undefined): SessionRecord | undefined {
  try {
    const value = JSON.parse(text ?? 'null') as Partial<SessionRecord> | null;
    const { id, kind, app, owner, socket, services } = value ?? {};
    const texts = [id, kind, app, owner, socket].every((field) => typeof field === 'string');
    return texts && Array.isArray(services) ? (value as SessionRecord) : undefined;
  } catch {
    return undefined;
  }
}
