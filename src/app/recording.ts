import { homeAt } from '../host/home.ts';
import { LogRecorder } from '../host/log-recorder.ts';
import type { Sink } from '../logs/emitter.ts';

/** The sink that keeps log lines for other terminals. */
export function createRecorder(homeFolder: string): Sink {
  return new LogRecorder(homeAt(homeFolder));
}
