import type { ContainerSummary, Engine } from '../engine/engine.ts';
import { isKeptStaging, readOwnership } from '../engine/labels.ts';
import type { Home } from '../host/home.ts';
import { ownerState } from '../host/session-owner.ts';
import { networkName } from '../plan/private-network.ts';
import { forgetKept, keptUse } from './kept-staging.ts';
import { rescuePersisted } from './persisted-paths.ts';
import type { Workbench } from './workbench.ts';

/** Which leftovers to remove: those of one app, or those whose session may still run as well. */
export interface SweepScope {
  /** Its containers only, not those of services. */
  readonly app?: string;
  readonly all?: boolean;
  /** Backing services as well that were kept on purpose and that nobody uses. */
  readonly keptServices?: boolean;
  /** What a watch has left of the app for the next one as well. Without an app that goes in any case. */
  readonly keptSnapshots?: boolean;
}

/**
 * Removes containers whose session has ended without removing them (kill -9, power cut). Sessions of other machines on a shared engine cannot be seen from here and are left alone unless `all` is
 * asked for. Resolves with their names.
 */
export async function sweep(
  bench: Workbench,
  { app, all = false, keptServices = false, keptSnapshots = app === undefined }: SweepScope,
): Promise<readonly string[]> {
  const { home, cell } = bench;
  const { engine, session } = cell;
  const found = await engine.listContainers({
    cfstage: '',
    ...(app === undefined ? {} : { 'cfstage.app': app }),
  });
  const judged = await Promise.all(
    found.map(async (container) => ({ container, owner: await stateOfOwner(container, session.home, home) })),
  );
  const inUse = homesInUse(judged);
  const leftovers = judged.filter(({ container: { labels }, owner }) => {
    if (all && app === undefined) return true;
    if (owner === 'left' || owner === 'foreign') return owner === 'left' && keptSnapshots;
    if (labels['cfstage.role'] !== 'service') return all || owner === 'dead';
    if (app !== undefined || inUse.has(labels['cfstage.home'] ?? '')) return false;
    return labels['cfstage.kept'] === undefined ? owner === 'dead' : keptServices;
  });
  const names = await Promise.all(
    leftovers.map(async ({ container: { id, name, labels } }) => {
      const container = engine.container(id, name);
      const app = labels['cfstage.app'] ?? '';
      if (labels['cfstage.role'] === 'staging' && labels['cfstage.home'] === session.home)
        await rescuePersisted(app, container, bench);
      await container.remove();
      if (isKeptStaging(labels)) await forgetKept(app, home, id);
      return name;
    }),
  );
  const homes = leftovers.filter(({ owner }) => owner === 'dead').map(({ container }) => container);
  return app === undefined ? [...names, ...(await sweepNetworks(homes, session.home, engine))] : names;
}

/** Networks of other state folders whose last container is gone: the folder may be gone, too, and nobody else asks. */
async function sweepNetworks(
  removed: readonly ContainerSummary[],
  own: string,
  engine: Engine,
): Promise<readonly string[]> {
  const homes = new Set(removed.map(({ labels }) => labels['cfstage.home'] ?? own));
  homes.delete(own);
  const names = await Promise.all(
    [...homes].map(async (home) => {
      const labels = { cfstage: '', 'cfstage.home': home };
      const [networks, containers] = await Promise.all([
        engine.listNetworks(labels),
        engine.listContainers(labels),
      ]);
      if (networks.length === 0 || containers.length > 0) return [];
      return (await engine.removeNetwork(networkName(home))) ? [networkName(home)] : [];
    }),
  );
  return names.flat();
}

/** `left`: for the next watch of its app; `foreign`: perhaps so, which only another state folder tells. */
type OwnerState = Awaited<ReturnType<typeof ownerState>> | 'left' | 'foreign';

async function stateOfOwner(
  { id, labels }: ContainerSummary,
  ownHome: string,
  home: Home,
): Promise<OwnerState> {
  if (isKeptStaging(labels)) {
    if (labels['cfstage.home'] !== ownHome) return 'foreign';
    const use = await keptUse(labels['cfstage.app'] ?? '', id, home);
    if (use !== 'nobody') return use === 'free' ? 'left' : 'alive';
  }
  const ownership = readOwnership(labels);
  return ownership === undefined ? 'elsewhere' : await ownerState(ownership.owner);
}

/**
 * State folders with an app of a session that is not known to be dead: it may use a service that another session
 * started, and of other folders nothing more than that can be told.
 */
function homesInUse(
  judged: readonly { readonly container: ContainerSummary; readonly owner: OwnerState }[],
): ReadonlySet<string> {
  const users = judged.filter(
    ({ container, owner }) => owner !== 'dead' && container.labels['cfstage.role'] !== 'service',
  );
  return new Set(users.map(({ container }) => container.labels['cfstage.home'] ?? ''));
}
