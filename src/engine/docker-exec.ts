import { setTimeout as delay } from 'node:timers/promises';
import { PassThrough, type Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import type Docker from 'dockerode';
import { CfstageError } from '../errors.ts';
import { engineError, hasStatus, isNotFound } from './engine-errors.ts';
import type { ExecProcess, ExecSpec } from './engine.ts';
import { splitFrames } from './frames.ts';
import type { StreamOwner } from './stream-owner.ts';

/** Starts a process in a running container, with its streams attached from the first byte; `signal` gives that up. */
export async function startExec(
  container: Docker.Container,
  spec: ExecSpec,
  streams: StreamOwner,
  signal?: AbortSignal,
): Promise<ExecProcess> {
  const tty = spec.tty ?? false;
  const abortSignal = signal === undefined ? streams.signal : AbortSignal.any([streams.signal, signal]);
  const exec = await container.exec({
    Cmd: [...spec.argv],
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    User: spec.user,
    WorkingDir: spec.workingDir,
    AttachStdin: spec.stdin ?? false,
    AttachStdout: true,
    AttachStderr: true,
    Tty: tty,
    abortSignal,
  });
  // Always hijacked: only then does the raw stream end when the process does, with standard input or without.
  const raw = await exec.start({
    hijack: true,
    stdin: true,
    Tty: tty,
    abortSignal,
  });
  streams.own(raw);
  const { stdout, stderr, done } = tty ? plainStream(raw) : splitFrames(raw);
  return {
    stdout,
    stderr,
    stdin: spec.stdin === true ? raw : undefined,
    exitCode: settle(exitCode(container, exec, done)),
    close: () => void raw.destroy(),
    resize: async ({ columns, rows }) => {
      try {
        await exec.resize({ w: columns, h: rows });
      } catch (error) {
        throw engineError('resize a terminal', error);
      }
    },
  };
}

function plainStream(raw: Duplex): ReturnType<typeof splitFrames> {
  const stderr = new PassThrough();
  stderr.end();
  const stdout = new PassThrough();
  const done = finished(raw, { writable: false });
  done.catch((error: unknown) => stdout.destroy(error as Error));
  raw.pipe(stdout);
  return { stdout, stderr, done };
}

const FIRST_POLL_MS = 5;
const LAST_POLL_MS = 250;

/**
 * The API cannot wait for an exec'd process. Its streams end when it closes them, usually by exiting, a moment before
 * the engine knows the exit code; a process that goes on without them is asked after at growing intervals.
 */
async function exitCode(
  container: Docker.Container,
  exec: Docker.Exec,
  done: Promise<void>,
): Promise<number> {
  try {
    await done;
    for (let pause = FIRST_POLL_MS; ; pause = Math.min(pause * 2, LAST_POLL_MS)) {
      const { Running, ExitCode } = await exec.inspect();
      if (!Running && ExitCode !== null) return ExitCode;
      await delay(pause);
    }
  } catch (error) {
    const isGone = isNotFound(error) || (hasStatus(error, 500) && (await isRemoved(container)));
    if (!isGone) throw engineError('wait for a process', error);
    throw new CfstageError(
      'CONTAINER_GONE',
      'The container was removed from outside while a process ran in it',
      { hint: 'Run the command again.', cause: error },
    );
  }
}

/** Podman has a server error for a process whose container is gone. */
async function isRemoved(container: Docker.Container): Promise<boolean> {
  return await container.inspect().then(
    () => false,
    (error: unknown) => isNotFound(error),
  );
}

/** The caller may look at the exit code long after it is known to have failed; that is not an unhandled rejection. */
function settle(promise: Promise<number>): Promise<number> {
  promise.catch(() => undefined);
  return promise;
}
