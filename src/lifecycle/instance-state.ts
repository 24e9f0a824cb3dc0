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

/** The state after an event; the same one when the event comes too late to matter. */
export function nextState(state: InstanceState, event: InstanceEvent): InstanceState {
  return TRANSITIONS[state][event] ?? state;
}
