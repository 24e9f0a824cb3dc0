import { setTimeout as delay } from 'node:timers/promises';
import type { Container } from '../engine/engine.ts';
import { CfstageError, orInterrupted } from '../errors.ts';
import { STOP_MARKER } from '../lifecycle/init-script.ts';
import { readLine } from './read-line.ts';
import { startRemote, type RemoteProcess } from './remote-process.ts';

type Environment = Readonly<Record<string, string>>;

/** How often an instance is looked at that does not answer yet. */
const LOOK_AGAIN_MS = 500;

/** A process that ends with its connection. */
export interface KeptProcess extends RemoteProcess {
  /** SIGHUP to it and to those of its children that have not left its process group. */
  hangUp(): void;
}

/**
 * What `cf ssh` has an sshd for: the processes of one session in the container of an instance, which end with it.
 * Disposing hangs up on those that are left; what they have put into the background is theirs.
 */
export class SshConnection implements AsyncDisposable {
  readonly #container: Container;
  readonly #instance: string;
  readonly #env: Environment;
  readonly #keeper: Promise<RemoteProcess>;
  readonly #lost = new AbortController();
  readonly #starting = new Set<Promise<RemoteProcess>>();
  #isClosing = false;

  /** `instance` names it in errors. `signal` gives up connecting. All that is started gets `env`. */
  constructor(container: Container, instance: string, signal: AbortSignal, env: Environment = {}) {
    this.#container = container;
    this.#instance = instance;
    this.#env = env;
    this.#keeper = this.#connect(signal);
    this.#keeper.catch((error: unknown) => this.#lost.abort(error));
  }

  /** Fires when the instance ends or the engine goes away, with the error to show. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Starts a part of SSHD_SCRIPT. Raises CONTAINER_GONE. */
  async start(args: readonly string[], tty: boolean): Promise<KeptProcess> {
    const starting = startRemote(this.#container, args, tty, this.lost, this.#env);
    this.#starting.add(starting);
    try {
      const [process, keeper] = await Promise.all([starting, this.#keeper]);
      return keep(process, keeper);
    } catch (error) {
      throw await this.explain(error);
    } finally {
      this.#starting.delete(starting);
    }
  }

  /** Whether the instance has ended or is about to: what ended in it may have been ended with it. */
  async isGone(): Promise<boolean> {
    const [answer, isEnding] = await Promise.all([this.#ping(), this.#isEnding()]);
    return answer === undefined || isEnding;
  }

  goneError(): CfstageError {
    return new CfstageError('CONTAINER_GONE', `${this.#instance} has stopped`, {
      hint: 'Run the command again when it runs.',
    });
  }

  /** The error to show for one that came up here: that the instance has ended, if it has. */
  async explain(error: unknown): Promise<unknown> {
    return isContainerGone(error) || (await this.#isEnding()) ? this.goneError() : error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true;
    const [started, keeper] = await Promise.all([
      Promise.allSettled(this.#starting),
      this.#keeper.catch(() => undefined),
    ]);
    for (const start of started) {
      if (start.status === 'rejected') continue;
      // Its caller has given it up and the keeper does not know of it yet.
      keeper?.stdin.write(`end ${start.value.pid}\n`);
      start.value.close();
    }
    if (keeper === undefined) return;
    keeper.stdin.end();
    await keeper.exitCode.catch(() => undefined);
    keeper.close();
  }

  /** Tells sooner than the engine that all in the container has been killed. */
  async #ping(): Promise<string | undefined> {
    const { stdin, stdout } = await this.#keeper;
    if (stdin.writable) stdin.write('ping\n');
    return await readLine(stdout);
  }

  async #isEnding(): Promise<boolean> {
    return await Promise.all([this.#container.inspect(), this.#container.exists(STOP_MARKER)]).then(
      ([{ running }, isStopping]) => !running || isStopping,
      isContainerGone,
    );
  }

  async #connect(signal: AbortSignal): Promise<RemoteProcess> {
    const opened = new AbortController();
    const gone = new AbortController();
    void this.#watch(opened.signal, gone);
    const either = AbortSignal.any([signal, gone.signal]);
    const starting = startRemote(this.#container, ['keep'], false, either, this.#env);
    try {
      const keeper = await orInterrupted(starting, either);
      keeper.stderr.resume();
      const lose = async (error?: unknown) => {
        if (!this.#isClosing)
          this.#lost.abort(error === undefined ? this.goneError() : await this.explain(error));
      };
      keeper.exitCode.then(() => lose(), lose).catch(() => undefined);
      return keeper;
    } catch (error) {
      starting.then(
        (late) => late.close(),
        () => undefined,
      );
      throw signal.aborted ? error : await this.explain(error);
    } finally {
      opened.abort();
    }
  }

  /** An engine that is ending a container may leave a request to start a process in it unanswered for minutes. */
  async #watch(opened: AbortSignal, gone: AbortController): Promise<void> {
    try {
      for (;;) {
        await delay(LOOK_AGAIN_MS, undefined, { signal: opened });
        if (await this.#isEnding()) gone.abort(this.goneError());
      }
    } catch {
      // It has answered.
    }
  }
}

function keep(process: RemoteProcess, keeper: RemoteProcess): KeptProcess {
  const tell = (what: 'keep' | 'forget' | 'end') => {
    if (keeper.stdin.writable) keeper.stdin.write(`${what} ${process.pid}\n`);
  };
  tell('keep');
  let hasEnded = false;
  const ended = () => {
    hasEnded = true;
    tell('forget');
  };
  process.exitCode.then(ended, ended);
  const hangUp = () => {
    if (!hasEnded) tell('end');
  };
  return { ...process, hangUp };
}

function isContainerGone(error: unknown): boolean {
  return error instanceof CfstageError && error.code === 'CONTAINER_GONE';
}
