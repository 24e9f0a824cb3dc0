import { CfstageError, orInterrupted } from '../errors.ts';
import { ChangeWatcher, type WatchRoot } from '../host/change-watcher.ts';
import { openUrl } from '../host/open-url.ts';
import type { SlotEnd } from '../launcher/supervised-instance.ts';
import { renderTraffic } from '../logs/render-traffic.ts';
import { renderStagingChanges } from '../logs/render-staging-changes.ts';
import { OnChange } from './on-change.ts';
import { readApp } from './read-app.ts';
import type { RedoOutcome } from './redo-outcome.ts';
import type { WatchedRoot, WatchRequest } from './watch-request.ts';
import { openWatch, type WatchSession } from './watch-session.ts';
import { watchedRoots } from './watched-roots.ts';
import type { Workbench } from './workbench.ts';

/** What is watched, and what is done besides staging and running it. */
export interface WatchLoopRequest extends WatchRequest {
  /** Patterns as in a .cfignore of what does not matter when it changes. */
  readonly ignore: readonly string[];
  /** A command line to run in the directory of a changed buildpack before it is uploaded. */
  readonly onChange?: string;
  /** Tell after each redo what its phases changed. */
  readonly tellChanges: boolean;
  /** Tell after each redo what was tried to reach meanwhile. */
  readonly tellTraffic: boolean;
}

/** `cfstage watch`: an app, and whoever looks for changes of what it is made from. */
export class WatchLoop implements AsyncDisposable {
  readonly session: WatchSession;
  readonly #watcher: ChangeWatcher;
  readonly #workbench: Workbench;
  readonly #onChange: OnChange | undefined;
  readonly #tells: Pick<WatchLoopRequest, 'tellChanges' | 'tellTraffic'>;
  /** What has changed and was not applied, since a command failed. */
  readonly #pending = new Set<string>();

  /** Stages and starts the app; see `session.last` for what came of it. Raises WATCH_LIMIT_REACHED, ON_CHANGE_FAILED. */
  static async open(
    request: WatchLoopRequest,
    workbench: Workbench,
    signal: AbortSignal,
  ): Promise<WatchLoop> {
    const watcher = new ChangeWatcher(request.ignore);
    try {
      const roots = await watchedRoots(request, workbench);
      const { name } = (await readApp(request)).app;
      const onChange =
        request.onChange === undefined ? undefined : new OnChange(request.onChange, name, workbench.emit);
      // Before anything is read, so that no change is missed, but for what the command writes.
      await watcher.watch(roots.map(toHostRoot));
      await onChange?.runAll(roots, signal);
      if (onChange !== undefined) await watcher.rest(signal);
      const session = await openWatch(request, workbench, signal);
      return new WatchLoop(session, watcher, onChange, request, workbench);
    } catch (error) {
      watcher[Symbol.dispose]();
      throw error;
    }
  }

  private constructor(
    session: WatchSession,
    watcher: ChangeWatcher,
    onChange: OnChange | undefined,
    tells: Pick<WatchLoopRequest, 'tellChanges' | 'tellTraffic'>,
    workbench: Workbench,
  ) {
    this.session = session;
    this.#watcher = watcher;
    this.#onChange = onChange;
    this.#tells = tells;
    this.#workbench = workbench;
  }

  /** Redoes what changes make necessary until the app ends. Rejects when the signal fires. */
  async run(signal: AbortSignal): Promise<SlotEnd> {
    if (this.#tells.tellTraffic) await this.#tellTraffic();
    const failed = new AbortController();
    const ended = new AbortController();
    const either = AbortSignal.any([signal, failed.signal, ended.signal]);
    const following = this.#follow(either, (error) => failed.abort(error));
    following.catch((error: unknown) => failed.abort(error));
    try {
      return await orInterrupted(this.session.ended, AbortSignal.any([signal, failed.signal]));
    } catch (error) {
      throw failed.signal.aborted && !signal.aborted ? failed.signal.reason : error;
    } finally {
      ended.abort();
      await following.catch(() => undefined);
    }
  }

  async restage(signal: AbortSignal): Promise<void> {
    await this.#tellOf(await this.session.restage(signal), signal);
  }

  async rerunFailed(signal: AbortSignal): Promise<void> {
    await this.#tellOf(await this.session.rerunFailed(signal), signal);
  }

  /** What the phases of the last staging changed, for people. */
  async renderDiff(signal: AbortSignal): Promise<string> {
    return renderStagingChanges(await this.session.changes(signal));
  }

  /** Shows the app in a browser. Answers false when none could be started. */
  async openUrl(): Promise<boolean> {
    return await openUrl(this.session.url);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watcher[Symbol.dispose]();
    await this.session[Symbol.asyncDispose]();
  }

  async #follow(signal: AbortSignal, fail: (error: unknown) => void): Promise<void> {
    await this.#watchAll(signal);
    for (;;) {
      const { paths, seenAt } = await this.#watcher.next(signal);
      const changed = await this.#prepared(paths, signal);
      // Not awaited: a newer change ends what this one has begun.
      if (changed !== undefined) {
        this.session
          .apply({ paths: changed, seenAt }, signal)
          .then(async (outcome) => {
            await this.#watchAll(signal);
            await this.#tellOf(outcome, signal);
          })
          .catch(fail);
      }
    }
  }

  /** All that has changed, once the command has run; undefined when it failed. */
  async #prepared(paths: readonly string[], signal: AbortSignal): Promise<readonly string[] | undefined> {
    for (const path of paths) this.#pending.add(path);
    try {
      const rest = (abort: AbortSignal) => this.#watcher.rest(abort);
      await this.#onChange?.run(this.#pending, this.session.watched, rest, signal);
      const changed = [...this.#pending];
      this.#pending.clear();
      return changed;
    } catch (error) {
      if (!(error instanceof CfstageError) || error.code !== 'ON_CHANGE_FAILED') throw error;
      await this.#workbench.emit({
        type: 'redo-failed',
        app: this.session.app,
        code: error.code,
        message: error.message,
        hint: error.hint ?? null,
        phase: null,
        serving: this.session.url !== '',
      });
      return undefined;
    }
  }

  async #tellOf(outcome: RedoOutcome, signal: AbortSignal): Promise<void> {
    if (outcome.kind === 'superseded') return;
    if (this.#tells.tellChanges) await this.#tellChanges(outcome, signal);
    if (this.#tells.tellTraffic) await this.#tellTraffic();
  }

  async #tellTraffic(): Promise<void> {
    const { app } = this.session;
    const records = this.session.traffic();
    if (records.length > 0)
      await this.#workbench.emit({ type: 'notice', message: `${renderTraffic(app, records)}\n` });
  }

  async #tellChanges(
    outcome: Exclude<RedoOutcome, { kind: 'superseded' }>,
    signal: AbortSignal,
  ): Promise<void> {
    const failed = outcome.kind === 'failed' && outcome.failed !== undefined ? [outcome.failed] : [];
    const ran = outcome.kind === 'done' ? outcome.timing.phases : failed;
    if (ran.length === 0) return;
    const { phases, droplet } = await this.session.changes(signal);
    const shown = phases.filter((one) =>
      ran.some(({ phase, buildpack }) => phase === one.phase && buildpack === one.buildpack),
    );
    const known = outcome.kind === 'failed' || droplet === undefined ? {} : { droplet };
    const message = `${renderStagingChanges({ phases: shown, ...known })}\n`;
    await this.#workbench.emit({ type: 'notice', message });
  }

  /** What is watched may be another since the manifest has changed. */
  async #watchAll(signal: AbortSignal): Promise<void> {
    if (!signal.aborted) await this.#watcher.watch(this.session.watched.map(toHostRoot));
  }
}

function toHostRoot({ kind, path }: WatchedRoot): WatchRoot {
  return { path, honoursCfIgnore: kind === 'app' };
}
