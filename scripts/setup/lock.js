import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './say.js';

/** No set-up takes longer, in milliseconds: an older lock is of a process whose id another one has by now. */
const LONGEST = 60 * 60_000;

/** Runs `work` while holding the lock directory; waits for a set-up that holds it, takes it over from a dead one. */
export async function withLock(lock, work) {
  mkdirSync(path.dirname(lock), { recursive: true });
  for (let told = false; !tryAcquire(lock);) {
    const owner = ownerOf(lock);
    if (owner !== undefined && (!isAlive(owner) || ageOf(lock) > LONGEST)) {
      removeIfOwnedBy(lock, owner);
      continue;
    }
    if (!told) say(`waiting for another set-up (process ${owner ?? 'unknown'})`);
    told = true;
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    removeIfOwnedBy(lock, process.pid);
  }
}

/** A directory that already holds its owner's pid is renamed into place: there is no moment without an owner. */
function tryAcquire(lock) {
  const mine = mkdtempSync(`${lock}.`);
  writeFileSync(path.join(mine, 'pid'), String(process.pid));
  try {
    renameSync(mine, lock);
    return true;
  } catch (error) {
    rmSync(mine, { recursive: true });
    if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST') return false;
    throw error;
  }
}

function ownerOf(lock) {
  try {
    return Number(readFileSync(path.join(lock, 'pid'), 'utf8'));
  } catch {
    return undefined;
  }
}

function ageOf(lock) {
  const { mtimeMs = Date.now() } = statSync(lock, { throwIfNoEntry: false }) ?? {};
  return Date.now() - mtimeMs;
}

/** Whether a process with this id exists. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Moves the lock away before removing it, so that of two waiters only one takes a dead owner's lock. */
function removeIfOwnedBy(lock, pid) {
  const away = mkdtempSync(`${lock}.`);
  try {
    if (ownerOf(lock) !== pid) return;
    renameSync(lock, away);
    if (ownerOf(away) !== pid) renameSync(away, lock);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  } finally {
    rmSync(away, { recursive: true, force: true });
  }
}
