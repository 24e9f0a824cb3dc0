import type { OtherEvent } from './event-log.ts';

/** The end of one process of the app. */
export interface ProcessExit {
  /** Type of the process, in lower case. */
  readonly process: string;
  /** Its name in the log, in lower case, if it was a sidecar of the process. */
  readonly sidecar?: string;
  readonly index: number;
  /** 128+n when signal n ended it. */
  readonly exitCode: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** A crash of an instance as the platform tells it. */
export interface Crash {
  readonly process: string;
  readonly index: number;
  /** E.g. `APP/PROC/WEB: Exited with status 7`. */
  readonly reason: string;
  /** Of the process that ended first; undefined when none did by itself. */
  readonly exitCode: number | undefined;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** The processes that have ended, in order. */
export function processExits(events: readonly OtherEvent[]): readonly ProcessExit[] {
  return events.flatMap((event) => {
    if (event.type !== 'process-exited') return [];
    const { source, exitCode, time } = event;
    const [, process, sidecar, index] = /^APP\/PROC\/([^/]+)(?:\/SIDECAR\/(.+))?\/(\d+)$/.exec(source) ?? [];
    if (process === undefined) return [];
    return [
      {
        process: process.toLowerCase(),
        ...(sidecar === undefined ? {} : { sidecar: sidecar.toLowerCase() }),
        index: Number(index),
        exitCode,
        time,
      },
    ];
  });
}

export function crashesOf(events: readonly OtherEvent[]): readonly Crash[] {
  return events.flatMap((event) => {
    if (event.type !== 'instance-crashed') return [];
    const { processType: process, index, reason, exitCode, time } = event;
    return [{ process, index, reason, exitCode: exitCode ?? undefined, time }];
  });
}
