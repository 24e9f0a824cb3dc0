import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { orInterrupted, systemErrorCode } from '../errors.ts';
import type { KeptProcess, SshConnection } from './ssh-connection.ts';

export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

/** Where a session gets its input from and writes to. */
export interface LoginTerminal {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Present when the session gets a terminal of its own. */
  readonly tty?: Tty;
}

export interface Tty {
  /** Its TERM. */
  readonly type: string;
  readonly size: () => WindowSize;
  readonly onResize: (listener: () => void) => () => void;
  /** From now on each key goes to the session; answers what puts the terminal back. */
  readonly takeKeys: () => () => void;
}

/** What a shell calls the end by SIGPIPE. */
const READER_GONE_EXIT_CODE = 141;

/** From this one on an exit code may mean a signal. */
const FIRST_SIGNAL_EXIT_CODE = 128;

/**
 * A shell, or one command, that lasts as long as its connection. Resolves with its exit status. Raises CONTAINER_GONE when
 * it ends because the instance does.
 */
export async function runSession(
  command: string | undefined,
  terminal: LoginTerminal,
  connection: SshConnection,
  signal: AbortSignal,
  kind: 'shell' | 'phase' = 'shell',
): Promise<number> {
  const { tty } = terminal;
  const size = tty?.size() ?? { columns: 0, rows: 0 };
  const args = [kind, tty?.type ?? '', String(size.columns), String(size.rows)];
  const run = command === undefined ? [] : ['-c', command];
  const process = await orInterrupted(connection.start([...args, ...run], tty !== undefined), signal);
  try {
    const exitCode = await attach(process, terminal, size, signal);
    if (exitCode > FIRST_SIGNAL_EXIT_CODE && (await connection.isGone())) throw connection.goneError();
    return exitCode;
  } catch (error) {
    if (systemErrorCode(error) === 'EPIPE') return READER_GONE_EXIT_CODE;
    throw signal.aborted ? error : await connection.explain(error);
  } finally {
    process.hangUp();
    process.close();
  }
}

/** Lets a process and a terminal talk until the process ends. What it has not read by then is nobody's. */
async function attach(
  process: KeptProcess,
  { stdin, stdout, stderr, tty }: LoginTerminal,
  startSize: WindowSize,
  signal: AbortSignal,
): Promise<number> {
  const stopFollowing = tty === undefined ? undefined : followSize(process, tty, startSize);
  const giveKeysBack = tty?.takeKeys();
  stdin.on('error', () => undefined);
  // The end of the input is no key, and an engine would take it for the end of the output, too.
  stdin.pipe(process.stdin, { end: tty === undefined });
  try {
    const ended = Promise.all([
      process.exitCode,
      pipeline(process.stdout, stdout, { end: false }),
      pipeline(process.stderr, stderr, { end: false }),
    ]);
    const [exitCode] = await orInterrupted(ended, signal);
    return exitCode;
  } finally {
    giveKeysBack?.();
    stopFollowing?.();
    stdin.unpipe();
    stdin.destroy();
  }
}

/** Passes changes of the size on, one after the other: two requests at once could arrive in either order. */
function followSize(process: KeptProcess, tty: Tty, startSize: WindowSize): () => void {
  let told = startSize;
  let telling = Promise.resolve();
  const tell = async () => {
    const size = tty.size();
    if (size.columns === told.columns && size.rows === told.rows) return;
    told = size;
    // A process that has just ended has no size.
    await process.resize(size).catch(() => undefined);
  };
  const changed = () => {
    telling = telling.then(tell);
  };
  changed();
  return tty.onResize(changed);
}
