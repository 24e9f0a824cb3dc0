import type { NetworkFacts } from '../lifecycle/container-network.ts';
import type { PhaseRecord } from '../lifecycle/tree-change.ts';
import type { StepIndex, TracedStep } from '../plan/staging-trace.ts';
import type { RawPath } from '../snapshot/listing.ts';
import type { KeptStates } from '../snapshot/kept-states.ts';
import type { Token } from '../snapshot/tree-state.ts';
import type { KeptLayers } from './snapshots.ts';

/** Key of the state that the container was left in, among the states before its steps. */
export const LEFT = -1;

/** A rewindable container that was left, as JSON can hold it. */
export interface KeptContainer {
  readonly id: string;
  readonly name: string;
  readonly network: NetworkFacts;
  /** Where vcap can change something, and what of it is not looked at. */
  readonly roots: readonly RawPath[];
  readonly unlisted: readonly string[];
  readonly states: KeptStates;
  readonly identities: readonly (readonly [RawPath, string])[];
  readonly lastToken: Token;
  readonly layers: KeptLayers;
  /** The archives of the layers, as a listing shows them. */
  readonly archives: readonly (readonly [RawPath, string])[];
  readonly steps: readonly TracedStep[];
  /** By buildpack; null where nobody knows. */
  readonly reads: readonly (readonly (readonly [path: string, step: StepIndex])[])[] | null;
  readonly records: readonly (PhaseRecord | null)[];
}
