import { CfstageError } from '../errors.ts';
import type { StagingChanges } from '../logs/render-staging-changes.ts';
import { askWatch } from './staging-view.ts';
import type { Workbench } from './workbench.ts';

/**
 * `cfstage diff`: what the phases of a watched app's last staging changed. `phase` is a phase, a buildpack, or both as
 * `finalize/ruby_buildpack`; with one the droplet is left out. Raises APP_NOT_FOUND, and USAGE for a phase that did not run.
 */
export async function stagingDiff(
  app: string,
  phase: string | undefined,
  workbench: Pick<Workbench, 'home'>,
  signal: AbortSignal,
): Promise<StagingChanges> {
  const { phases = [], droplet } = await askWatch(
    app,
    { action: 'staging', changes: true },
    workbench,
    signal,
  );
  if (phase === undefined) return { phases, ...(droplet === undefined ? {} : { droplet }) };
  const chosen = phases.filter((one) => namesOf(one).includes(phase));
  if (chosen.length > 0) return { phases: chosen };
  const there = phases.map((one) => `${one.phase}/${one.buildpack}`).join(', ');
  throw new CfstageError('USAGE', `No phase '${phase}' ran in the last staging of app ${app}`, {
    hint: there === '' ? 'None ran at all.' : `These did: ${there}.`,
  });
}

function namesOf({ phase, buildpack }: { phase: string; buildpack: string }): readonly string[] {
  return [phase, buildpack, `${phase}/${buildpack}`];
}
