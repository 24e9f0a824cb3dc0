import type { ErrorCode } from '../errors.ts';

/** Why an instance ended although nobody asked for it. */
export interface InstanceCrash {
  /** As the platform stores it, e.g. `APP/PROC/WEB: Exited with status 7`. */
  readonly reason: string;
  /** Log source of what ended first. */
  readonly source: string;
  /** Absent when no process ended by itself. */
  readonly exitCode?: number;
}

/** How a running instance ended. */
export type InstanceEnd = { readonly kind: 'stopped' } | ({ readonly kind: 'crashed' } & InstanceCrash);

/** A crash, and how to tell the user when it is the end of the app. */
export interface Downfall extends InstanceCrash {
  readonly code: Extract<ErrorCode, 'APP_CRASHED' | 'START_TIMEOUT'>;
  readonly hint: string;
}
