import type { ServiceDelivery } from '../lifecycle/service-delivery.ts';
import { defaultProcess, type AppManifest, type ProcessManifest } from '../manifest/manifest.ts';

/** What an app without services gets. */
export const NO_SERVICES: ServiceDelivery = { kind: 'env', vcapServices: '{}' };

export function webProcess(app: AppManifest): ProcessManifest {
  return app.processes.find(({ type }) => type === 'web') ?? defaultProcess('web');
}
