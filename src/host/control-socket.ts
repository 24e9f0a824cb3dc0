import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { interruption, systemErrorCode } from '../errors.ts';
import type { Home } from './home.ts';
import { stateError } from './state-error.ts';

/** Longest path that every system takes for a socket. Source: unix(7) and the BSDs' `sun_path`. */
const LONGEST_PATH = 100;

/** Where a session takes requests; short enough whatever the state folder is called. */
export function controlPath({ root }: Home, session: string): string {
  const name = createHash('sha256').update(`${root} ${session}`).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\cfstage-${name}`;
  const path = join(root, 'sessions', `${name}.sock`);
  return path.length <= LONGEST_PATH ? path : join(tmpdir(), `cfstage-${name}.sock`);
}

/** Takes requests of other processes of this user, one a connection, as JSON. */
export class ControlServer implements AsyncDisposable {
  readonly #server;
  readonly #path: string;
  readonly #answering = new Set<Promise<void>>();
  /** Those that have not said yet what they want. */
  readonly #undecided = new Set<Socket>();

  /** `answer` must not reject. */
  static async listen(path: string, answer: (request: unknown) => Promise<unknown>): Promise<ControlServer> {
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await rm(path, { force: true });
      const server = new ControlServer(path, answer);
      await once(server.#server.listen(path), 'listening');
      return server;
    } catch (error) {
      throw stateError(error, path);
    }
  }

  private constructor(path: string, answer: (request: unknown) => Promise<unknown>) {
    this.#path = path;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      this.#undecided.add(socket);
      // Whoever asked may have gone before the answer; that must not end the app.
      socket.on('error', () => undefined);
      const done = serve(socket, (request) => {
        this.#undecided.delete(socket);
        return answer(request);
      })
        .catch(() => undefined)
        .finally(() => {
          socket.destroy();
          this.#undecided.delete(socket);
          this.#answering.delete(done);
        });
      this.#answering.add(done);
    });
  }

  /** Waits until everyone who asked has the answer. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#undecided) socket.destroy();
    await Promise.all([closed, ...this.#answering]);
    await rm(this.#path, { force: true });
  }
}

async function serve(socket: Socket, answer: (request: unknown) => Promise<unknown>): Promise<void> {
  // Reading to the end must not destroy what the answer goes out on.
  const request: unknown = JSON.parse(await text(socket.iterator({ destroyOnReturn: false })));
  const reply = JSON.stringify((await answer(request)) ?? null);
  await new Promise<void>((resolve) => socket.end(reply, resolve));
}

/** Whether the one who listened at `path` has ended without removing it. */
export async function isStaleSocket(path: string): Promise<boolean> {
  const socket = connect({ path });
  try {
    await once(socket, 'connect');
    return false;
  } catch (error) {
    return systemErrorCode(error) === 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}

/** Asks whoever listens at `path`. Undefined when nobody does, or when it ends before it has answered. */
export async function askControl(path: string, request: unknown, signal: AbortSignal): Promise<unknown> {
  const socket = connect({ path, allowHalfOpen: true, signal });
  try {
    socket.end(JSON.stringify(request));
    const answer = await text(socket);
    return answer === '' ? undefined : JSON.parse(answer);
  } catch {
    if (signal.aborted) throw interruption(signal);
    return undefined;
  } finally {
    socket.destroy();
  }
}
