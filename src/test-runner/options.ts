import type { StackPolicy } from '../stack/stack-choice.ts';
import type { ScenarioRun } from '../report/test-run.ts';
import type { FoundScenario } from './read-specs.ts';

/** What `cfstage test` is asked for. Paths are absolute or relative to `cwd`. */
export interface TestRequest {
  readonly cwd: string;
  /** Specs; none: all below `cwd`. */
  readonly files: readonly string[];
  /** Only scenarios whose name or file holds one of these; none: all. */
  readonly filters: readonly string[];
  readonly jobs: number;
  /** Begin no further scenario once one has not passed. */
  readonly bail: boolean;
  /** Milliseconds that a scenario may take which does not say so itself. */
  readonly timeoutMs: number;
  readonly stackPolicy?: StackPolicy;
  readonly caCert?: string;
  /** Where what is left of a failed scenario is written to, below the scenario's name. */
  readonly artifacts?: string;
  /** Leave a container of each failed scenario. */
  readonly keepFailed: boolean;
  /** See which files each script of a buildpack changes; takes a moment a script. */
  readonly recordChanges: boolean;
  readonly env: NodeJS.ProcessEnv;
}

export const SCENARIO_TIMEOUT_MS = 600_000;

/** Is told how a run goes on. */
export interface TestProgress {
  planned(scenarios: readonly FoundScenario[], jobs: number): void;
  begun(scenario: FoundScenario): void;
  step(scenario: FoundScenario, title: string): void;
  ended(scenario: FoundScenario, run: ScenarioRun): void;
}
