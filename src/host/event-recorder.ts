import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sink } from '../logs/emitter.ts';
import type { Event } from '../logs/event.ts';
import { appFiles } from './app-store.ts';
import type { Home } from './home.ts';
import { readLastLines } from './last-lines.ts';

/** How many `cfstage events` shows: a page of Cloud Controller's. Source: cli actor/v7action/event.go. */
const RECENT_EVENTS = 50;

/** What is worth knowing of an app later. */
const KEPT = ['staged', 'app-started', 'app-stopped', 'instance-crashed'] as const;

export type AppEvent = Extract<Event, { type: (typeof KEPT)[number] }>;

/** Keeps what happened to each app in its folder, for `cfstage events`. */
export class EventRecorder implements Sink {
  readonly #home: Home;
  /** One after the other, so that what happened later stands later. */
  #writing: Promise<void> = Promise.resolve();

  constructor(home: Home) {
    this.#home = home;
  }

  write(event: Event): undefined {
    if (!isKept(event)) return;
    const path = eventsFile(this.#home, event.app);
    const line = `${JSON.stringify(withoutBulk(event))}\n`;
    this.#writing = this.#writing
      .then(() => appendFile(path, line, { mode: 0o600 }))
      // A full disk must not end the app, and one that was deleted meanwhile has no folder any more.
      .catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#writing;
  }
}

/** The newest events of an app, newest first. */
export async function recentEvents(home: Home, app: string): Promise<readonly AppEvent[]> {
  const lines = await readLastLines(eventsFile(home, app), RECENT_EVENTS);
  return lines.map((line) => JSON.parse(line) as AppEvent).reverse();
}

function eventsFile(home: Home, app: string): string {
  return join(appFiles(home, app).folder, 'events.jsonl');
}

function isKept(event: Event): event is AppEvent {
  return (KEPT as readonly string[]).includes(event.type);
}

function withoutBulk(event: AppEvent): object {
  return event.type === 'staged' ? { ...event, result: null } : event;
}
