import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { CfstageError, orInterrupted } from '../errors.ts';
import type { TrafficSource } from '../lifecycle/traffic-record.ts';
import type { TrafficLog } from '../traffic/traffic-log.ts';
import { MARK_PORT, TrafficReader } from '../traffic/traffic-reader.ts';
import type { Container, ExecProcess } from './engine.ts';

/** What tells of tries: who opens a connection and what comes of it, all datagrams, and errors. */
const WORTH_KNOWING = 'udp or icmp or icmp6 or (tcp[13] & 6 != 0) or (ip6[6] == 6 and ip6[53] & 6 != 0)';
/** Sends a mark for each line that it is given; at the end of its input the capture ends. */
const CAPTURE_SCRIPT = `
tcpdump -i any -p -n -U --immediate-mode -s 4096 -Z root -w - '${WORTH_KNOWING}' <&- &
while read -r mark; do printf %s "$mark" > /dev/udp/127.0.0.1/${MARK_PORT}; done
kill $!
wait $!`;

const MARK_MS = 5_000;
/** Sleeps, so that a process can be run in it. */
export const CAPTURE_ARGV = ['sleep', 'infinity'] as const;

/** A capture of all that passes in a network namespace. */
export class TrafficCapture {
  readonly #process: ExecProcess;
  readonly #reader: TrafficReader;
  readonly #marks = new Map<string, () => void>();
  #complaint = '';
  #failure: Error | undefined;
  #onBegun: () => void = () => undefined;
  #onEnd: () => void = () => undefined;
  readonly #ended = new Promise<void>((resolve) => (this.#onEnd = resolve));

  /** Resolves once nothing escapes it. The helper shares the network namespace. */
  static async begin(helper: Container, log: TrafficLog, signal: AbortSignal): Promise<TrafficCapture> {
    const argv = ['bash', '-c', CAPTURE_SCRIPT];
    const process = await helper.exec({ argv, env: {}, user: '0:0', workingDir: '/', stdin: true }, signal);
    const capture = new TrafficCapture(process, log);
    const begun = new Promise<void>((resolve) => (capture.#onBegun = resolve));
    await orInterrupted(Promise.race([begun, capture.#ended]), signal);
    if (!capture.#reader.hasBegun) throw notRecorded(helper.name, capture.#complaint);
    return capture;
  }

  private constructor(process: ExecProcess, log: TrafficLog) {
    this.#process = process;
    this.#reader = new TrafficReader(log, (mark) => this.#marks.get(mark)?.());
    process.stderr.on(
      'data',
      (chunk: Buffer) => (this.#complaint = `${this.#complaint}${chunk.toString()}`.slice(-2_000)),
    );
    process.stderr.on('error', () => undefined);
    process.stdin?.on('error', () => undefined);
    process.stdout
      .on('data', (chunk: Buffer) => this.#read(chunk))
      .on('error', () => this.#onEnd())
      .on('end', () => this.#onEnd());
  }

  /** All that was sent until now is told; from here on it is this source's. False: some of it may be missing. */
  async turnTo(source: TrafficSource | undefined): Promise<boolean> {
    const isWhole = await this.#readOn();
    this.#reader.turnTo(source);
    return isWhole;
  }

  /** The same, and the source stays. What has no answer yet is told as unanswered. */
  async catchUp(): Promise<boolean> {
    const isWhole = await this.#readOn();
    this.#reader.turnTo(this.#reader.source);
    return isWhole;
  }

  close(): void {
    this.#process.close();
  }

  /** Reads all that was sent until now. Answers false when it cannot be had. */
  async #readOn(): Promise<boolean> {
    const mark = randomUUID();
    const seen = new Promise<'seen'>((resolve) => this.#marks.set(mark, () => resolve('seen')));
    this.#process.stdin?.write(`${mark}\n`);
    const late = new AbortController();
    const timeout = delay(MARK_MS, undefined, { signal: late.signal }).catch(() => undefined);
    const outcome = await Promise.race([seen, this.#ended, timeout]);
    late.abort();
    this.#marks.delete(mark);
    return outcome === 'seen' && this.#failure === undefined;
  }

  #read(chunk: Buffer): void {
    try {
      this.#reader.read(chunk);
    } catch (error) {
      this.#failure = error as Error;
      this.#onEnd();
    }
    if (this.#reader.hasBegun) this.#onBegun();
  }
}

function notRecorded(helper: string, said: string): CfstageError {
  return new CfstageError(
    'ENGINE_FAILED',
    `The helper ${helper} could not begin: ${said.trim() || 'it ended'}`,
    {
      hint: 'Recording traffic needs bash and tcpdump in the stack. Run without it, or choose another stack.',
    },
  );
}
