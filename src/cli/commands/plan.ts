import { planApp } from '../../app/plan-app.ts';
import { openLocalBench } from '../../app/workbench.ts';
import { renderLaunchPlan, renderStagingPlan } from '../../plan/render-plan.ts';
import { toRequest, type PushFlags } from '../push-flags.ts';
import { runCommand } from '../session.ts';

/** Prints what a push would do. With `--json` one object; warnings then go to stderr as they do without. */
export async function planCommand(appName: string | undefined, flags: PushFlags): Promise<number> {
  return await runCommand({}, async ({ settings, emit, signal, print }) => {
    const bench = openLocalBench(settings.home, emit);
    const { staging, launches } = await planApp(toRequest(appName, flags, settings.cwd), bench, signal);
    if (flags.json === true) {
      // What the plan was decided from is not part of it, and holds a function.
      print(JSON.stringify({ staging: { ...staging, phaseInput: undefined }, launches }, undefined, 2));
    } else print([renderStagingPlan(staging), ...launches.map(renderLaunchPlan)].join('\n\n'));
    return 0;
  });
}
