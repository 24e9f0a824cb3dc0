import { CfstageError } from '../errors.ts';

/** Source of the numbers: POSIX, 128 + signal. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof EXIT_CODES;
const SIGNALS = Object.keys(EXIT_CODES) as Signal[];

/** How often a user may ask before cfstage ends without cleaning up. */
const PATIENCE = 3;

/** Ctrl-C, SIGTERM and a closed terminal as an AbortSignal. Disposing gives the signals back. */
export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
}

export function listenForInterrupts(): Interrupt {
  const controller = new AbortController();
  let asked = 0;
  const listeners = SIGNALS.map((name) => {
    const exitCode = EXIT_CODES[name];
    const listener = () => {
      asked += 1;
      if (asked >= PATIENCE) {
        process.stderr.write('Not waiting for the clean-up. `cfstage clean` removes what is left.\n');
        process.exit(exitCode);
      }
      controller.abort(
        new CfstageError('INTERRUPTED', name === 'SIGINT' ? 'Interrupted' : `Ended by ${name}`, { exitCode }),
      );
    };
    process.on(name, listener);
    return { name, listener };
  });
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const { name, listener } of listeners) process.off(name, listener);
    },
  };
}
