import { createHash, randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { isRunning } from './session-owner.ts';

/** What cannot be told to be anyone's may belong to someone who is still writing it, while it is younger. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

const TAG = /-([0-9a-f]{8})-(\d+)-[0-9a-f]+\b/;

/** Part of a temporary file's name: unique, and says whose it is, for the time after a kill -9. */
export function temporaryTag(): string {
  return `-${machineTag()}-${process.pid}-${randomBytes(6).toString('hex')}`;
}

/** Whether nobody will finish or remove a temporary file: its process has ended, or it has none and is old. */
export async function isAbandoned(path: string, name: string): Promise<boolean> {
  const [, machine, pid] = TAG.exec(name) ?? [];
  if (machine === machineTag() && pid !== undefined && !(await isRunning(Number(pid)))) return true;
  return await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs > ABANDONED_AFTER_MS,
    () => false,
  );
}

/** A pid says nothing on another machine with the same state folder. */
function machineTag(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
}
