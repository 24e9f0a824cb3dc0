import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { SeatRecord } from '../router/router-seat.ts';
import { readStateText } from './app-store.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { withFileLock } from './file-lock.ts';
import type { Home } from './home.ts';
import { currentOwner, ownerState } from './session-owner.ts';

/** What router.json holds. An owner of '' has given the port back. */
interface RouterRecord {
  readonly port: number;
  readonly owner: string;
  /** Tells apart those who had it in one process. */
  readonly token: string;
}

/**
 * Lets one process at a time decide who is the router, knowing who was it last. What `take` resolves with is
 * remembered as the port of this process; resolves with what gives it back, the port stays remembered. That calls
 * `stopListening` while nobody can decide. Both raise DISK_FULL and STATE_UNREADABLE.
 */
export async function claimRouterSeat(
  home: Home,
  take: (last: SeatRecord | undefined) => Promise<number | undefined>,
): Promise<(stopListening?: () => void) => Promise<void>> {
  const token = randomUUID();
  await withFileLock(lockOf(home), async () => {
    const last = await readRecord(home);
    const held = last !== undefined && (await ownerState(last.owner)) === 'alive';
    const port = await take(last && { port: last.port, held });
    if (port !== undefined) await writeRecord(home, { port, owner: await currentOwner(), token });
  });
  return async (stopListening) => {
    const last = await readRecord(home);
    if (last?.token !== token) return;
    await withFileLock(lockOf(home), async () => {
      const now = await readRecord(home);
      if (now?.token === token) await writeRecord(home, { ...now, owner: '' });
      stopListening?.();
    });
  };
}

/** Whether who was the router last has given the port back, so that nobody listens there any more. */
export async function isRouterSeatFree(home: Home): Promise<boolean> {
  return (await readRecord(home))?.owner === '';
}

function lockOf({ root }: Home): string {
  return join(root, 'router.lock');
}

function fileOf({ root }: Home): string {
  return join(root, 'router.json');
}

async function readRecord(home: Home): Promise<RouterRecord | undefined> {
  try {
    const value: unknown = JSON.parse((await readStateText(fileOf(home))) ?? 'null');
    return isRecord(value) ? value : undefined;
  } catch (error) {
    // A damaged record costs no more than another port.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function writeRecord(home: Home, record: RouterRecord): Promise<void> {
  await writeFileAtomically(fileOf(home), `${JSON.stringify(record)}\n`);
}

function isRecord(value: unknown): value is RouterRecord {
  if (
    typeof value !== 'object' ||
    value === null ||
    !('port' in value && 'owner' in value && 'token' in value)
  )
    return false;
  const { port, owner, token } = value;
  return (
    Number.isInteger(port) &&
    Number(port) > 0 &&
    Number(port) < 65_536 &&
    typeof owner === 'string' &&
    typeof token === 'string'
  );
}
