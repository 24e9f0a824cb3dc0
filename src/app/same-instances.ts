import type { AppSettings } from './app-settings.ts';
import { planInstance, type DropletFacts } from './plan-instance.ts';

/**
 * Whether instances of a droplet that were made with these settings are what others would make, so that none has to be
 * replaced. How many there are is not asked, nor which routes lead to them: a running app does not learn of either. Only
 * names between apps are the engine's, which a container has from its beginning.
 */
export function sameInstances(before: AppSettings, after: AppSettings, droplet: DropletFacts): boolean {
  return (
    JSON.stringify(describeInstances(before, droplet)) === JSON.stringify(describeInstances(after, droplet))
  );
}

/** All that instances of an app are made from, as plain data. */
export function describeInstances(settings: AppSettings, droplet: DropletFacts): object {
  const facts = { ...settings.facts, uris: [], version: '' };
  const plans = settings.app.processes.map((process) =>
    planInstance(
      { ...settings, facts },
      { process, index: 0, guid: 'any', publish: { hostPort: 0, hostAddress: 'any' }, home: 'any' },
      droplet,
    ),
  );
  return { plans, files: settings.services.files, certificates: settings.caCertificates };
}
