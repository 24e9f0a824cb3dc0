import type { Container, OutputStart } from '../engine/engine.ts';
import { serviceSource } from '../lifecycle/log-sources.ts';
import type { Emit, OutputStream } from '../logs/event.ts';
import { pumpOutput } from '../logs/pump-output.ts';

const LAST_LINES = 20;

/** The output of a service in the log of an app that uses it. */
export class ServiceOutput {
  /** Settles when the service or the interest in it has ended. */
  readonly ended: Promise<void>;
  readonly #lastLines: string[] = [];

  constructor(
    app: string,
    name: string,
    container: Container,
    from: OutputStart,
    emit: Emit,
    signal: AbortSignal,
  ) {
    const record: Emit = (event) => {
      if (event.type === 'log') this.#remember(event.message);
      return emit(event);
    };
    const line = (stream: OutputStream) => ({ app, source: serviceSource(name), stream });
    this.ended = container
      .output(from, signal)
      .then(({ stdout, stderr }) =>
        Promise.all([pumpOutput(stdout, record, line('OUT')), pumpOutput(stderr, record, line('ERR'))]),
      )
      // The app goes on without: some log drivers cannot be read.
      .then(
        () => undefined,
        () => undefined,
      );
  }

  get lastLines(): readonly string[] {
    return this.#lastLines;
  }

  #remember(line: string): void {
    this.#lastLines.push(line);
    if (this.#lastLines.length > LAST_LINES) this.#lastLines.shift();
  }
}
