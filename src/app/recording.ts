import { EventRecorder } from '../host/event-recorder.ts';
import { homeAt } from '../host/home.ts';
import { LogRecorder } from '../host/log-recorder.ts';

/** The sinks that keep log lines and events for other terminals. */
export function createRecorders(homeFolder: string): readonly [LogRecorder, EventRecorder] {
  const home = homeAt(homeFolder);
  return [new LogRecorder(home), new EventRecorder(home)];
}
