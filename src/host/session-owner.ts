import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { systemErrorCode } from '../errors.ts';

/**
 * A process as a label can name it: `host pid start`. The start time tells it from a later process with the same pid.
 */
export async function currentOwner(): Promise<string> {
  return ownerOf(process.pid, (await processStart(process.pid)) ?? '');
}

/** Whether the process that a label names still runs. One on another machine cannot be seen from here. */
export async function ownerState(owner: string): Promise<'alive' | 'dead' | 'elsewhere'> {
  const [host = '', pid = '', start = ''] = owner.split(' ');
  if (host !== hostname()) return 'elsewhere';
  return (await processStart(Number(pid))) === start ? 'alive' : 'dead';
}

function ownerOf(pid: number, start: string): string {
  return `${hostname()} ${pid} ${start}`;
}

/**
 * Whether a process of this machine runs; where `start` is given, that very one. One that has ended does not run, even
 * while its parent has not heard of it.
 */
export async function isRunning(pid: number, start = ''): Promise<boolean> {
  const found = await processStart(pid);
  if (found === undefined) return process.platform !== 'linux' && takesSignals(pid);
  return start === '' || found === start;
}

function takesSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
}

/** Source: linux include/linux/sched.h, `PF_EXITING`. */
const EXITING = 0x4;

/** Something that stays the same for the life of a process; undefined when there is none with this pid. */
export async function processStart(pid: number): Promise<string | undefined> {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    // The second field is the name in parentheses and may itself hold spaces; start time is the 22nd.
    const [state = '', ...fields] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
    // A zombie has ended; in a container nobody may ever take it away. One that is ending has no connections any more.
    if ('ZX'.includes(state) || (Number(fields[5]) & EXITING) !== 0) return undefined;
    return fields[18];
  }
  const { execa } = await import('execa');
  const { stdout, failed } = await execa('ps', ['-o', 'lstart=', '-p', String(pid)], { reject: false });
  return failed ? undefined : stdout.trim().replaceAll(' ', '_');
}
