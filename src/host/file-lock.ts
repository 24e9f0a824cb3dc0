import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning, processStart } from './session-owner.ts';
import { stateError } from './state-error.ts';
import { temporaryTag } from './temporary-name.ts';
import { CfstageError, interruption, systemErrorCode } from '../errors.ts';

const RETRY_MILLISECONDS = 20;
const EMPTY_AT_MOST_MS = 5_000;

/**
 * Runs `work` while no other process of this machine holds the lock file at `path`. A lock whose process is gone is
 * taken over. Raises STATE_UNREADABLE, and the signal's interruption while waiting.
 */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw stateError(error, path);
  });
  // The start tells this process from a later one with its pid, the random part from another holder in it.
  const start = (await processStart(process.pid)) ?? '';
  const token = `${process.pid} ${start} ${randomBytes(6).toString('hex')}`;
  while (!(await acquire(path, token))) {
    if (signal?.aborted === true) throw interruption(signal);
    await breakIfAbandoned(path);
    await delay(RETRY_MILLISECONDS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
  }
}

async function acquire(path: string, token: string): Promise<boolean> {
  try {
    await writeFile(path, token, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw stateError(error, path);
  }
}

/** Removes a lock whose process has ended. Raises STATE_UNREADABLE. */
export async function breakIfAbandoned(path: string): Promise<void> {
  const holder = await readHolder(path);
  if (holder === undefined || (await isRunning(holder.pid, holder.start))) return;
  // Two processes may see the same abandoned lock. Who moves away a fresh one instead puts it back.
  const aside = join(dirname(path), `.${basename(path)}${temporaryTag()}.tmp`);
  try {
    await rename(path, aside);
    const moved = await readHolder(aside);
    if (moved !== undefined && moved.token !== holder.token) await rename(aside, path);
    else await rm(aside, { force: true });
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw stateError(error, path);
  }
}

interface Holder {
  readonly pid: number;
  readonly start: string;
  readonly token: string;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const token = await readFile(path, 'utf8');
    const [pid = '', start = ''] = token.split(' ');
    if (/^\d+$/.test(pid)) return { pid: Number(pid), start, token };
    // Empty for an instant between its creation and its content; for longer when its holder was killed just then.
    const { mtimeMs } = await stat(path);
    return Date.now() - mtimeMs < EMPTY_AT_MOST_MS ? undefined : { pid: 0, start: '', token };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error instanceof CfstageError ? error : stateError(error, path);
  }
}
