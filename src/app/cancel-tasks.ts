import { GRACEFUL_SHUTDOWN_SECONDS } from '../lifecycle/limits.ts';
import type { Workbench } from './workbench.ts';

/** Stops the running tasks of an app, whoever started them; each of those removes its container and says so. */
export async function cancelTasks(app: string, { cell }: Workbench): Promise<void> {
  const tasks = await cell.engine.listContainers({
    cfstage: '',
    'cfstage.app': app,
    'cfstage.home': cell.session.home,
    'cfstage.role': 'task',
  });
  await Promise.all(
    tasks.map(({ id, name }) => cell.engine.container(id, name).stop(GRACEFUL_SHUTDOWN_SECONDS)),
  );
}
