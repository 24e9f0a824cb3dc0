import type { Position } from '../manifest/manifest-node.ts';
import type { Expectation } from './expect-schema.ts';
import type { MatrixValues } from './expand-matrix.ts';
import type { ScenarioSettings } from './scenario-schema.ts';
import type { Action } from './step-schema.ts';

/** One thing that a scenario does or expects, and where it is written. */
export type Step = (Action | { readonly verb: 'expect'; readonly given: Expectation }) & {
  readonly at: Position;
  /** For people, e.g. `request GET /config`. */
  readonly title: string;
};

/** A file or directory that a scenario names, relative to the spec. */
export interface FileReference {
  readonly path: string;
  readonly at: Position;
}

/** One scenario with one combination of its matrix. */
export interface Scenario {
  /** Unique in its file. */
  readonly name: string;
  /** As it was given to `parseSpec`. */
  readonly file: string;
  readonly at: Position;
  readonly matrix: MatrixValues;
  readonly settings: ScenarioSettings;
  readonly steps: readonly Step[];
  readonly references: readonly FileReference[];
}
