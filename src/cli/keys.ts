/** What a key does; a letter, or `\u0004` and the like as the terminal sends it. */
export type Keys = Readonly<Record<string, () => void>>;

const CTRL_C = '\u0003';
const CTRL_Z = '\u001a';

/** Keys that work while something goes on. Disposing gives the terminal back. */
export interface KeyReader extends Disposable {
  /** Gives the terminal to somebody else until the promise settles. */
  lend<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Hears single keys. Ctrl-C and Ctrl-Z do what they always do: the terminal sends no signals meanwhile, so they are sent
 * from here. Undefined where there is no terminal on both sides.
 */
export function readKeys(keys: Keys): KeyReader | undefined {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) return undefined;
  const listen = () => {
    stdin.setRawMode(true);
    stdin.resume();
  };
  const release = () => {
    stdin.pause();
    stdin.setRawMode(false);
  };
  const onData = (chunk: Buffer) => {
    for (const key of chunk.toString('latin1')) {
      if (key === CTRL_C) process.kill(process.pid, 'SIGINT');
      else if (key === CTRL_Z) suspend(release);
      else keys[key.toLowerCase()]?.();
    }
  };
  const onContinue = () => listen();
  stdin.on('data', onData);
  process.on('SIGCONT', onContinue);
  // Also when an error that nobody has caught ends the process.
  process.on('exit', release);
  listen();
  const close = () => {
    stdin.off('data', onData);
    process.off('SIGCONT', onContinue);
    process.off('exit', release);
    release();
  };
  return {
    lend: async (work) => {
      stdin.off('data', onData);
      release();
      try {
        return await work();
      } finally {
        stdin.on('data', onData);
        listen();
      }
    },
    [Symbol.dispose]: close,
  };
}

/** As the terminal does it: all that is in the foreground stops, until the shell lets it go on. */
function suspend(release: () => void): void {
  release();
  process.kill(0, 'SIGTSTP');
}
