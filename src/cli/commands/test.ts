import { interruption } from '../../errors.ts';
import { githubAnnotations } from '../../report/github.ts';
import { isGood } from '../../report/test-run.ts';
import { repositoryPrefix } from '../../test-runner/repository-prefix.ts';
import { runSpecs } from '../../test-runner/run-specs.ts';
import { writeReports } from '../../test-runner/write-reports.ts';
import { runCommand } from '../session.ts';
import { toTestRequest, type TestFlags } from '../test-flags.ts';
import { TestProgressLines } from '../test-progress.ts';

/** Runs specs. Ends with 0 when all have passed, 1 when not, 2 when a spec is wrong, 130 after Ctrl-C. */
export async function testCommand(files: readonly string[], flags: TestFlags): Promise<number> {
  return await runCommand({}, async ({ settings, signal, print }) => {
    const { stdout, stderr } = process;
    const progress = new TestProgressLines(stdout, stderr, settings.colour);
    const request = toTestRequest(files, flags, settings.cwd, process.env);
    const run = await runSpecs(request, progress, signal).finally(() => progress.clear());
    progress.finish(run);
    await writeReports(run, flags, settings.cwd);
    if (flags.github === true && !isGood(run))
      print(githubAnnotations(run, await repositoryPrefix(settings.cwd)).trimEnd());
    if (run.interrupted) throw interruption(signal);
    return isGood(run) ? 0 : 1;
  });
}
