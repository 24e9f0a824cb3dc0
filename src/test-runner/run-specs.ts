import { join, resolve } from 'node:path';
import { CfstageError } from '../errors.ts';
import type { ScenarioRun, TestRun } from '../report/test-run.ts';
import { artifactFolders } from './artifact-folders.ts';
import type { EvidenceCollector } from './evidence.ts';
import { findSpecs } from './find-specs.ts';
import type { TestProgress, TestRequest } from './options.ts';
import { Platforms } from './platforms.ts';
import { readSpecs, type FoundScenario } from './read-specs.ts';
import { runScenario } from './run-scenario.ts';

/**
 * `cfstage test`: finds and reads specs, then runs their scenarios, several at a time. An interruption is told in the
 * result, so that there is something to report. Raises SPEC_INVALID, USAGE and DOCKER_UNREACHABLE before anything is run.
 */
export async function runSpecs(
  request: TestRequest,
  progress: TestProgress,
  signal: AbortSignal,
): Promise<TestRun> {
  const { cwd, bail } = request;
  const files = await findSpecs(request.files, cwd);
  const scenarios = choose(await readSpecs(files, cwd), request.filters);
  const jobs = Math.min(request.jobs, scenarios.length);
  const startedAt = Date.now();
  const start = performance.now();
  const collectors = new Map<string, EvidenceCollector>();
  const results = new Map<FoundScenario, ScenarioRun>();
  const folders = artifactFolders(request.artifacts, scenarios);
  progress.planned(scenarios, jobs);
  {
    await using platforms = new Platforms(
      request,
      async (container, labels) =>
        (await collectors.get(labels['cfstage.app'] ?? '')?.beforeRemoval(container, labels)) ?? 'remove',
      signal,
    );
    // Without an engine there is nothing to say of any scenario.
    if (!signal.aborted) await platforms.with({});
    const waiting = [...scenarios];
    let stopped = false;
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        if (stopped || signal.aborted) return;
        progress.begun(next);
        const folder = folders.get(next);
        const artifacts =
          folder === undefined ? undefined : { folder: resolve(cwd, folder), shown: join(folder) };
        const result = await runScenario(next, {
          request,
          platforms,
          collectors,
          progress,
          signal,
          artifacts,
        });
        results.set(next, result);
        progress.ended(next, result);
        if (bail && result.outcome !== 'passed') stopped = true;
      }
    };
    await Promise.all(Array.from({ length: jobs }, work));
  }
  return {
    version: 1,
    startedAt,
    durationMs: Math.round(performance.now() - start),
    jobs,
    interrupted: signal.aborted,
    scenarios: scenarios.map((scenario) => results.get(scenario) ?? skipped(scenario, startedAt)),
  };
}

function choose(scenarios: readonly FoundScenario[], filters: readonly string[]): readonly FoundScenario[] {
  if (filters.length === 0) return scenarios;
  const wanted = filters.map((filter) => filter.toLowerCase());
  const chosen = scenarios.filter(({ name, file }) =>
    wanted.some((filter) => `${file} ${name}`.toLowerCase().includes(filter)),
  );
  if (chosen.length > 0) return chosen;
  throw new CfstageError('USAGE', `No scenario fits ${filters.map((one) => `'${one}'`).join(' or ')}`, {
    hint: `There are:\n${scenarios.map(({ file, name }) => `  ${file}: ${name}`).join('\n')}`,
  });
}

function skipped({ name, file, at, matrix }: FoundScenario, startedAt: number): ScenarioRun {
  return {
    name,
    file,
    at,
    matrix,
    app: '',
    outcome: 'skipped',
    startedAt,
    durationMs: 0,
    workMs: 0,
    steps: [],
    phases: [],
    log: { lines: [], leftOut: 0, leftOutAfter: 0 },
  };
}
