import type { Waiting } from '../eventually.ts';
import type { LinePattern } from '../log-view.ts';
import type { SidecarOptions, SuppliedOptions } from './droplet-matchers.ts';
import type { ExitOptions, HealthyOptions } from './run-matchers.ts';
import type { ServeOptions } from './serve.ts';
import type { FailStagingOptions } from './staging-matchers.ts';

/** What `expect(…)` can do besides. `R` is what a matcher gives that need not wait. */
export interface CfstageMatchers<R = void> {
  /**
   * Of a log (or a text, or lines): these lines, one right after the other. A string is a whole line without the blanks at
   * its end, a RegExp matches anywhere in one. With `{ within: ms }` a log that goes on is given so long.
   */
  toContainLines(lines: readonly LinePattern[]): R;
  toContainLines(lines: readonly LinePattern[], waiting: Waiting): Promise<void>;
  /** Of a deployment: it answers with status 200 and a body that holds the text or matches, within 5 seconds. */
  toServe(body: string | RegExp, options?: ServeOptions): Promise<void>;
  /** Of a deployment or droplet: a buildpack has put this path (`bin/ruby`, `lib/*.so`) into its dependency directory. */
  toHaveSupplied(path: string, options?: SuppliedOptions): Promise<void>;
  /** Of a deployment or droplet: staging has made this process. A string is the whole command. */
  toHaveProcess(type: string, command?: string | RegExp): R;
  /** Of a deployment or droplet: a launch.yml or the manifest has this sidecar. */
  toHaveSidecar(name: string, options?: SidecarOptions): R;
  /** Of a promise of a deployment, a function that makes one, or a caught StagingError. */
  toFailStaging(options?: FailStagingOptions): Promise<void>;
  /** Of a deployment or a caught StartError: its process has ended so, or does within 10 seconds. */
  toExitWith(exitCode: number, options?: ExitOptions): Promise<void>;
  /** Of a deployment: all instances run and have passed their health check, or do within 10 seconds. */
  toBeHealthy(options?: HealthyOptions): Promise<void>;
  /** Of a deployment whose traffic is recorded: nothing of it has tried to reach anything by now, staging included. */
  toMakeNoTraffic(): Promise<void>;
  /** Of a deployment: its newest staging had the cache of one before, and a buildpack has read or moved some of it. */
  toHaveUsedCache(): R;
  /** Of a deployment: the newest staging took no longer. */
  toStageWithin(ms: number): R;
}
