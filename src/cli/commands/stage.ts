import { resolve } from 'node:path';
import { stageApp } from '../../app/stage-app.ts';
import { writeStageOutput } from '../../app/stage-output.ts';
import { stagingError } from '../../lifecycle/exit-codes.ts';
import { MemorySink } from '../../logs/memory-sink.ts';
import { toRequest, type PushFlags } from '../push-flags.ts';
import { runCommand } from '../session.ts';

export async function stageCommand(
  appName: string | undefined,
  flags: PushFlags & { readonly output?: string },
): Promise<number> {
  const memory = new MemorySink();
  const sinks = flags.output === undefined ? [] : [memory];
  return await runCommand({ ...flags, sinks }, async ({ settings, signal, emit, workbench }) => {
    const bench = await workbench();
    const outcome = await stageApp(toRequest(appName, flags, settings.cwd), bench, signal);
    if (flags.output !== undefined) {
      const folder = resolve(settings.cwd, flags.output);
      await writeStageOutput(folder, outcome, memory.logs, bench.home, signal);
      if (outcome.failure === undefined)
        await emit({ type: 'notice', message: `Droplet written to ${folder}` });
    }
    if (outcome.failure !== undefined) {
      throw stagingError(outcome.failure.failure, outcome.failure.outOfMemory);
    }
    return 0;
  });
}
