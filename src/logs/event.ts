import type { CacheUse } from '../lifecycle/cache-use.ts';
import type { InstanceState } from '../lifecycle/instance-state.ts';
import type { TrafficRecord } from '../lifecycle/traffic-record.ts';
import type { PhaseRecord } from '../lifecycle/tree-change.ts';
import type { RedoEvent } from './redo-event.ts';

export type OutputStream = 'OUT' | 'ERR';

/** A line of the platform, of a buildpack or of the app, as `cf logs` would show it. */
export interface LogEvent {
  readonly type: 'log';
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly app: string;
  /** Source type and instance, e.g. `APP/PROC/WEB/0`. */
  readonly source: string;
  readonly stream: OutputStream;
  /** One line without its line end. */
  readonly message: string;
}

/** One process type of an app as `cf app` shows it. */
export interface ProcessSummary {
  readonly type: string;
  readonly sidecars: readonly string[];
  readonly instances: { readonly running: number; readonly total: number };
  readonly memoryMb: number;
  readonly startCommand: string;
  /** Direct URL of each instance that runs, by index. */
  readonly urls: Readonly<Record<number, string>>;
}

/** What `cf app` tells of a started app. */
export interface AppSummary {
  readonly name: string;
  /** URLs at the router. */
  readonly routes: readonly string[];
  readonly stack: string;
  readonly buildpacks: readonly string[];
  readonly processes: readonly ProcessSummary[];
}

/** What happened, for every consumer alike: terminal, JSON lines, memory. Times are milliseconds since the epoch. */
export type Event =
  | LogEvent
  /** Several apps are at work at once: what is shown must say of which it is. */
  | { readonly type: 'several-apps'; readonly time: number; readonly apps: readonly string[] }
  /** A step of cfstage itself, told to the user. */
  | { readonly type: 'notice'; readonly time: number; readonly message: string }
  /** Something that will differ from a real foundation, or that bites later. */
  | { readonly type: 'warning'; readonly time: number; readonly message: string }
  | {
      readonly type: 'progress';
      readonly time: number;
      readonly what: string;
      /** Bytes. */
      readonly received: number;
      readonly total: number;
    }
  | {
      readonly type: 'phase-started';
      readonly time: number;
      readonly app: string;
      readonly phase: string;
      readonly buildpack: string;
    }
  | {
      readonly type: 'phase-ended';
      readonly time: number;
      readonly app: string;
      readonly phase: string;
      readonly buildpack: string;
      readonly exitCode: number;
      readonly durationMs: number;
    }
  /** What the phase that has just ended changed, where that is recorded. */
  | {
      readonly type: 'phase-recorded';
      readonly time: number;
      readonly app: string;
      readonly record: PhaseRecord;
    }
  /** What the scripts of a staging did with the cache of before, where that is asked for. */
  | { readonly type: 'cache-used'; readonly time: number; readonly app: string; readonly use: CacheUse }
  | {
      readonly type: 'staged';
      readonly time: number;
      readonly app: string;
      readonly durationMs: number;
      readonly result: unknown;
    }
  | {
      readonly type: 'app-started';
      readonly time: number;
      readonly app: string;
      /** Of the first instance of web that runs, past the router; empty when none does. */
      readonly url: string;
      /** Of the same instance. */
      readonly containerId: string;
      readonly durationMs: number;
      readonly summary: AppSummary;
    }
  | {
      readonly type: 'process-exited';
      readonly time: number;
      readonly app: string;
      readonly source: string;
      readonly exitCode: number;
    }
  | {
      readonly type: 'instance-state';
      readonly time: number;
      readonly app: string;
      readonly processType: string;
      readonly index: number;
      readonly instanceGuid: string;
      readonly state: InstanceState;
    }
  | {
      readonly type: 'instance-crashed';
      readonly time: number;
      readonly app: string;
      readonly processType: string;
      readonly index: number;
      readonly instanceGuid: string;
      readonly reason: string;
      /** Of the process that ended first; null when none did by itself. */
      readonly exitCode: number | null;
      readonly crashCount: number;
      /** Seconds until the instance is started again; null: never. */
      readonly restartsIn: number | null;
    }
  /** With which crash an app has ended, and what its sources said last. */
  | {
      readonly type: 'crash-summary';
      readonly time: number;
      readonly app: string;
      readonly source: string;
      readonly reason: string;
      readonly exitCode: number | null;
      readonly lastLines: readonly { readonly source: string; readonly lines: readonly string[] }[];
    }
  | RedoEvent
  /** A container has tried to reach something; told once for each source, destination and answer. */
  | {
      readonly type: 'traffic';
      readonly time: number;
      readonly app: string;
      readonly record: Omit<TrafficRecord, 'attempts'>;
    }
  | { readonly type: 'app-stopped'; readonly time: number; readonly app: string; readonly reason: string }
  | {
      readonly type: 'failed';
      readonly time: number;
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
      readonly exitCode: number;
    };

type WithoutTime<E> = E extends Event ? Omit<E, 'time'> : never;

/** An event before it is stamped. */
export type EventBody = WithoutTime<Event>;

/**
 * Takes an event. A promise means that the consumer is behind: whoever produces many events waits for it, so that a
 * flood of output is held back at its source instead of filling memory.
 */
export type Emit = (event: EventBody) => Promise<void> | undefined;
