import { defaultProcess, type AppManifest, type ProcessManifest } from '../manifest/manifest.ts';

export function webProcess(app: AppManifest): ProcessManifest {
  return app.processes.find(({ type }) => type === 'web') ?? defaultProcess('web');
}
