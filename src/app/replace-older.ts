import type { Workbench } from './workbench.ts';

/** How long the instance that is replaced has to end by itself. Source: rep spec, graceful shutdown interval. */
const GRACE_SECONDS = 10;

/** Stops the running instances of an app that other sessions started: the new one serves now. */
export async function replaceOlder(app: string, { cell }: Workbench): Promise<void> {
  const found = await cell.engine.listContainers({
    cfstage: '',
    'cfstage.app': app,
    'cfstage.home': cell.session.home,
    'cfstage.role': 'app',
  });
  const older = found.filter(({ labels }) => labels['cfstage.session'] !== cell.session.id);
  await Promise.all(
    older.map(async ({ id, name }) => {
      const container = cell.engine.container(id, name);
      await container.stop(GRACE_SECONDS);
      await container.remove();
    }),
  );
}
