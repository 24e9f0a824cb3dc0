import { countCrash, restartDelaySeconds } from './restart-policy.ts';

/** States of an instance. Source: bbs models/actual_lrp.go; `starting` is its CLAIMED once the container exists. */
export type InstanceState = 'claimed' | 'starting' | 'running' | 'crashed' | 'stopped';

/** What happens to an instance. */
export type InstanceEvent = 'container-created' | 'healthy' | 'failed' | 'restarted' | 'stop-requested';

/** Where each event leads from each state; what is missing cannot happen there. */
export const TRANSITIONS: Readonly<Record<InstanceState, Partial<Record<InstanceEvent, InstanceState>>>> = {
  claimed: { 'container-created': 'starting', failed: 'crashed', 'stop-requested': 'stopped' },
  starting: { healthy: 'running', failed: 'crashed', 'stop-requested': 'stopped' },
  running: { failed: 'crashed', 'stop-requested': 'stopped' },
  crashed: { restarted: 'claimed', 'stop-requested': 'stopped' },
  stopped: {},
};

/** Where an instance stands. Times are milliseconds since the epoch. */
export interface InstanceRecord {
  readonly state: InstanceState;
  /** When it came into this state. */
  readonly since: number;
  /** Crashes in a row, as the restart policy counts them. */
  readonly crashes: number;
  /** Of a crashed one: when it is started again; absent when it never is. */
  readonly restartAt?: number;
}

export function newInstance(now: number): InstanceRecord {
  return { state: 'claimed', since: now, crashes: 0 };
}

/** The record after an event; the same one when the event comes too late to matter. */
export function advance(record: InstanceRecord, event: InstanceEvent, now: number): InstanceRecord {
  const state = TRANSITIONS[record.state][event];
  if (state === undefined) return record;
  if (state !== 'crashed') return { state, since: now, crashes: record.crashes };
  const crashes = countCrash(record.crashes, record.state === 'running' ? (now - record.since) / 1000 : 0);
  const delay = restartDelaySeconds(crashes);
  return {
    state,
    since: now,
    crashes,
    ...(delay === undefined ? {} : { restartAt: now + delay * 1000 }),
  };
}
