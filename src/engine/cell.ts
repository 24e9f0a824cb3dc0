import type { TrafficLog } from '../traffic/traffic-log.ts';
import type { Engine } from './engine.ts';

/** One run of cfstage, as the labels on what it makes name it. */
export interface Session {
  readonly id: string;
  /** `host pid start`, see host/session-owner.ts. */
  readonly owner: string;
  /** Which state folder it works with: apps of the same name in two folders are two apps. */
  readonly home: string;
}

/** Where containers live for one session: an engine and whose containers they are. Named after Diego's cell. */
export interface Cell {
  /** As it stands in the log lines of a cell. */
  readonly id: string;
  readonly engine: Engine;
  readonly session: Session;
  /** What the containers of apps try to reach is recorded here. */
  readonly traffic?: TrafficLog;
}
