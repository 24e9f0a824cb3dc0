import { runTask } from '../../app/run-task.ts';
import { CfstageError } from '../../errors.ts';
import { runCommand } from '../session.ts';
import { toTaskRequest, type TaskFlags } from '../task-flags.ts';

/** Stays until the task has ended and ends with its exit code. */
export async function runTaskCommand(app: string, flags: TaskFlags): Promise<number> {
  return await runCommand(flags, async ({ settings, workbench, signal }) => {
    const request = toTaskRequest(flags, settings.cwd);
    const { exitCode, failureReason } = await runTask(app, request, await workbench(), signal);
    if (failureReason === undefined) return exitCode;
    throw new CfstageError('TASK_FAILED', `Task failed to complete successfully: ${failureReason}`, {
      hint: `The log above shows why; \`cfstage logs ${app} --recent\` shows it again.`,
      exitCode: exitCode === 0 ? 1 : exitCode,
    });
  });
}
