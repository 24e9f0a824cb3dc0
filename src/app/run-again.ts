import { homeAt } from '../host/home.ts';
import { currentDroplet, dropletMissing, type RunAgain } from './droplet-store.ts';
import { requireKnownApp } from './known-app.ts';

export type { RunAgain };

/** How an app was asked to run the last time. Raises APP_NOT_FOUND and DROPLET_INVALID. */
export async function runAgain(app: string, homeFolder: string): Promise<RunAgain> {
  await requireKnownApp(homeFolder, app);
  const droplet = await currentDroplet(homeAt(homeFolder), app);
  if (droplet === undefined) throw dropletMissing(app);
  return droplet.run;
}
