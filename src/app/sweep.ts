import type { ContainerSummary, Engine } from '../engine/engine.ts';
import { readOwnership } from '../engine/labels.ts';
import { ownerState } from '../host/session-owner.ts';
import { networkName } from '../plan/private-network.ts';
import type { Workbench } from './workbench.ts';

/** Which leftovers to remove: those of one app, or those whose session may still run as well. */
export interface SweepScope {
  /** Its containers only, not those of services. */
  readonly app?: string;
  readonly all?: boolean;
  /** Backing services as well that were kept on purpose and that nobody uses. */
  readonly keptServices?: boolean;
}

/**
 * Removes containers whose session has ended without removing them (kill -9, power cut). Sessions of other machines on a shared engine cannot be seen from here and are left alone unless `all` is
 * asked for. Resolves with their names.
 */
export async function sweep(
  { cell: { engine, session } }: Workbench,
  { app, all = false, keptServices = false }: SweepScope,
): Promise<readonly string[]> {
  const found = await engine.listContainers({
    cfstage: '',
    ...(app === undefined ? {} : { 'cfstage.app': app }),
  });
  const judged = await Promise.all(
    found.map(async (container) => ({ container, owner: await stateOfOwner(container) })),
  );
  const inUse = homesInUse(judged);
  const leftovers = judged.filter(({ container: { labels }, owner }) => {
    if (all && app === undefined) return true;
    if (labels['cfstage.role'] !== 'service') return all || owner === 'dead';
    if (app !== undefined || inUse.has(labels['cfstage.home'] ?? '')) return false;
    return labels['cfstage.kept'] === undefined ? owner === 'dead' : keptServices;
  });
  const names = await Promise.all(
    leftovers.map(async ({ container: { id, name } }) => {
      await engine.container(id, name).remove();
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

type OwnerState = Awaited<ReturnType<typeof ownerState>>;

async function stateOfOwner({ labels }: ContainerSummary): Promise<OwnerState> {
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
