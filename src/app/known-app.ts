import { stat } from 'node:fs/promises';
import { CfstageError } from '../errors.ts';
import { appFiles } from '../host/app-store.ts';
import { homeAt, type Home } from '../host/home.ts';

/** The state folder, if it has anything of that app. Raises APP_NOT_FOUND in cf's words. */
export async function requireKnownApp(homeFolder: string, app: string): Promise<Home> {
  const home = homeAt(homeFolder);
  const isKnown = await stat(appFiles(home, app).folder).then(
    () => true,
    () => false,
  );
  if (isKnown) return home;
  throw new CfstageError('APP_NOT_FOUND', `App '${app}' not found`, {
    hint: '`cfstage apps` lists what there is.',
  });
}
