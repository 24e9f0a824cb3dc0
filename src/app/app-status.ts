import type { InstanceState } from '../lifecycle/instance-state.ts';

/** One instance as its session sees it. Times are milliseconds since the epoch. */
export interface InstanceStatus {
  readonly index: number;
  readonly state: InstanceState;
  readonly since: number;
  readonly instanceGuid: string;
  /** Whether the router sends it requests. */
  readonly ready: boolean;
  readonly crashes: number;
  /** Of a crashed one. */
  readonly restartAt?: number;
  readonly lastCrash?: string;
  /** While it runs. */
  readonly container?: { readonly id: string; readonly name: string };
  /** Past the router, while it runs. */
  readonly url?: string;
  readonly sidecars: readonly { readonly name: string; readonly state: 'running' | 'stopped' }[];
}

export interface ProcessStatus {
  readonly type: string;
  readonly memoryMb: number;
  readonly diskMb: number;
  /** Bytes a second; -1 is unlimited. */
  readonly logRateLimitBytes: number;
  readonly startCommand: string;
  readonly sidecars: readonly string[];
  readonly instances: readonly InstanceStatus[];
}

/** An app as its session sees it. */
export interface AppStatus {
  readonly name: string;
  readonly state: 'starting' | 'started';
  /** URLs at the router. */
  readonly routes: readonly string[];
  readonly stack: string;
  readonly buildpacks: readonly string[];
  readonly processes: readonly ProcessStatus[];
}
