import type { Deployment } from '../testing/deployment.ts';
import type { Deploy, Source } from '../testing/deploy.ts';
import type { LogView } from '../testing/log-view.ts';
import type { Platform } from '../testing/platform.ts';
import type { ScenarioRecorder } from './scenario-recorder.ts';
import type { Action } from '../spec/step-schema.ts';

export type RequestSettings = Extract<Action, { verb: 'request' }>['given'];

/** Of an answer what can be looked at more than once. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** What the steps of a scenario have come to so far. */
export interface ScenarioState {
  readonly platform: Platform;
  readonly deploy: Deploy;
  readonly app: string;
  readonly source: Source;
  readonly signal: AbortSignal;
  readonly recorder: ScenarioRecorder;
  deployment: Deployment | undefined;
  isRunning: boolean;
  /** Of the newest deployment, also of one that failed. */
  logs: LogView | undefined;
  request: RequestSettings | undefined;
  answer: Answer | undefined;
  /** What the last command wrote. */
  output: string | undefined;
}
