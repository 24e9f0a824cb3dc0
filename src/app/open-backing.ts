import type { SessionRecord } from '../host/session-directory.ts';
import type { AppServices } from './app-services.ts';
import { startBackingServices, type BackingServices } from './backing-services.ts';
import type { ServiceUse } from './service-container.ts';
import { Membership } from './membership.ts';
import { disposeAll } from './together.ts';
import type { Workbench } from './workbench.ts';

/** The backing services of a staging or a task, and the membership that gives them up. */
export interface OpenBacking {
  readonly services: BackingServices;
  readonly membership: Membership;
}

/** Joins the private network and begins to start the services, for something that takes no requests. */
export async function openBacking(
  kind: Exclude<SessionRecord['kind'], 'app'>,
  app: string,
  { backed }: AppServices,
  { keep, offline }: { readonly keep: ServiceUse['keep']; readonly offline: boolean },
  workbench: Workbench,
  signal: AbortSignal,
): Promise<OpenBacking> {
  const announcement = { kind, app, services: backed.map(({ name }) => name), socket: '' };
  const membership = await Membership.enter(Membership.newId(workbench), announcement, workbench, offline);
  try {
    const use = { app, keep, inUse: (service: string) => membership.inUse(service) };
    const services = await startBackingServices(backed, use, workbench, signal);
    membership.share(services);
    return { services, membership };
  } catch (error) {
    await disposeAll(membership);
    throw error;
  }
}
