import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { Duplex, type Readable, type Writable } from 'node:stream';
import { SshError, sshFailure } from './ssh-failure.ts';
import { dialArguments, type SshTarget } from './ssh-command.ts';

type Ssh = ChildProcessByStdio<Writable, Readable, Readable>;
type WriteCallback = (error?: Error | null) => void;

/** Enough of what ssh says for the reason why it ended, in characters. */
const WORDS_KEPT = 4_096;

/** One connection to an engine: an ssh process whose streams are the engine's socket. It ends with the connection. */
export class SshConnection extends Duplex {
  readonly #ssh: Ssh;
  #words = '';
  /** A write that ssh could not take: why is known when it has ended. */
  #failedWrite: WriteCallback | undefined;

  constructor(target: SshTarget) {
    // As a TCP socket of Node.js: when the other side has ended, so do we.
    super({ allowHalfOpen: false });
    // A session of its own, or Ctrl-C in the terminal would end it while the app is still being stopped.
    this.#ssh = spawn('ssh', dialArguments(target), { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    const { stdin, stdout, stderr } = this.#ssh;
    stdin.on('error', () => undefined);
    stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) stdout.pause();
    });
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#words = (this.#words + text).slice(-WORDS_KEPT);
    });
    this.#ssh.once('error', (error) => this.destroy(new SshError(error.message, target)));
    // Not the end of stdout: only the exit code tells an end from a failure.
    this.#ssh.once('close', (code) => {
      const failure = sshFailure(code, this.#words, target);
      if (failure !== undefined) return void this.destroy(failure);
      this.push(null);
      this.#failedWrite?.(Object.assign(new Error('The engine closed the connection'), { code: 'EPIPE' }));
    });
  }

  /** Lets the process of cfstage end, or keeps it, as a socket's `unref` and `ref` do. */
  unref(): this {
    this.#ssh.unref();
    for (const stream of this.#streams()) stream.unref?.();
    return this;
  }

  ref(): this {
    this.#ssh.ref();
    for (const stream of this.#streams()) stream.ref?.();
    return this;
  }

  /** Asked for by Node's HTTP client; ssh sees to it itself. */
  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  override _read(): void {
    this.#ssh.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: WriteCallback): void {
    this.#ssh.stdin.write(chunk, (error) => {
      if (error) this.#failedWrite = done;
      else done();
    });
  }

  override _final(done: WriteCallback): void {
    this.#ssh.stdin.end();
    done();
  }

  override _destroy(error: Error | null, done: WriteCallback): void {
    this.#ssh.kill();
    for (const stream of this.#streams()) stream.destroy();
    done(error);
  }

  /** The pipes of a child are sockets, though not by their type. */
  #streams(): readonly (Duplex & { ref?(): unknown; unref?(): unknown })[] {
    const { stdin, stdout, stderr } = this.#ssh;
    return [stdin, stdout, stderr] as unknown as Duplex[];
  }
}
