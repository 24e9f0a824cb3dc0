import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stateError } from './state-error.ts';
import { CfstageError, interruption, systemErrorCode } from '../errors.ts';

const RETRY_MILLISECONDS = 20;

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
  // The random part tells this holder from another one of the same process.
  const token = `${process.pid} ${randomBytes(6).toString('hex')}`;
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

async function breakIfAbandoned(path: string): Promise<void> {
  const holder = await readHolder(path);
  if (holder === undefined || isAlive(holder.pid)) return;
  // Two processes may see the same abandoned lock. Who moves away a fresh one instead puts it back.
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
    const moved = await readHolder(aside);
    if (moved !== undefined && moved.token !== holder.token) await rename(aside, path);
    else await rm(aside, { force: true });
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw stateError(error, path);
  }
}

async function readHolder(path: string): Promise<{ pid: number; token: string } | undefined> {
  try {
    const token = await readFile(path, 'utf8');
    const pid = Number.parseInt(token, 10);
    // Empty for an instant between its creation and its content.
    return Number.isNaN(pid) ? undefined : { pid, token };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error instanceof CfstageError ? error : stateError(error, path);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
}
