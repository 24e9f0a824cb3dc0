import { createHash, createHmac, randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { appFiles, readStateText } from '../host/app-store.ts';
import { writeFileAtomically } from '../host/atomic-file.ts';
import { withFileLock } from '../host/file-lock.ts';
import type { Home } from '../host/home.ts';
import { ownerState } from '../host/session-owner.ts';
import type { Digest, KeptBasis } from '../plan/kept-basis.ts';
import type { KeptContainer } from '../stager/kept-container.ts';
import { rescuePersisted } from './persisted-paths.ts';
import type { StagingIdentity } from './prepare-staging.ts';
import type { Workbench } from './workbench.ts';

/** What the next watch has to know to go on where a watch with --keep-snapshots has ended. */
export interface KeptStaging {
  readonly identity: Required<StagingIdentity>;
  /** Names the build cache that its container began with. */
  readonly epoch: number;
  readonly basis: KeptBasis;
  /** Of the digests in `basis`. */
  readonly salt: string;
  readonly container: KeptContainer;
}

/** Whose a staging container is that was made to be kept. */
export type KeptUse = 'free' | 'in use' | 'nobody';

/** Version of the two files; others are of no use. */
const SCHEMA = 1;

/** The small one of the two files: which container it is, the digest of the other file, and who goes on with it. */
interface Place {
  readonly schema: typeof SCHEMA;
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly owner?: string;
}

/** Remembers a staging container that is left, in the place of another one, which is removed. */
export async function saveKept(app: string, kept: KeptStaging, { home, cell }: Workbench): Promise<void> {
  const files = appFiles(home, app);
  const text = JSON.stringify(kept);
  const { id, name } = kept.container;
  await withFileLock(files.keptLock, async () => {
    const before = await readPlace(home, app);
    await writeFileAtomically(files.keptState, text);
    const place: Place = { schema: SCHEMA, id, name, sha256: sha256(text) };
    await writeFileAtomically(files.kept, JSON.stringify(place));
    if (before !== undefined && before.id !== id && (await useOf(before)) === 'free')
      await cell.engine.container(before.id, before.name).remove();
  });
}

/** Takes what is left of an app's last watch, or tells why it is of no use, and removes it then; undefined when nothing is left. */
export async function claimKept(app: string, bench: Workbench): Promise<KeptStaging | string | undefined> {
  const { home, cell } = bench;
  const files = appFiles(home, app);
  if ((await readStateText(files.kept)) === undefined) return undefined;
  return await withFileLock(files.keptLock, async () => {
    const text = await readStateText(files.kept);
    if (text === undefined) return undefined;
    const place = asPlace(text);
    const state = (await readStateText(files.keptState)) ?? '';
    if (place === undefined) return 'their record is damaged';
    const use = await useOf(place);
    if (use === 'in use') return undefined;
    const isWhole = sha256(state) === place.sha256;
    if (use === 'nobody' || !isWhole) {
      const container = cell.engine.container(place.id, place.name);
      await rescuePersisted(app, container, bench);
      await container.remove();
      return isWhole ? 'a watch that went on with them was killed' : 'their record is damaged';
    }
    await writeFileAtomically(files.kept, JSON.stringify({ ...place, owner: cell.session.owner }));
    return JSON.parse(state) as KeptStaging;
  });
}

/** Forgets what is left; with `id`, only if it is that container. */
export async function forgetKept(app: string, home: Home, id?: string): Promise<void> {
  const files = appFiles(home, app);
  if ((await readStateText(files.kept)) === undefined) return;
  await withFileLock(files.keptLock, async () => {
    if (id !== undefined && (await readPlace(home, app))?.id !== id) return;
    await rm(files.kept, { force: true });
    await rm(files.keptState, { force: true });
  });
}

/** Whose the staging container of an app with this id is, as the state folder has it. */
export async function keptUse(app: string, id: string, home: Home): Promise<KeptUse> {
  const place = await readPlace(home, app);
  return place?.id === id ? await useOf(place) : 'nobody';
}

async function useOf({ owner }: Place): Promise<KeptUse> {
  if (owner === undefined) return 'free';
  return (await ownerState(owner)) === 'dead' ? 'nobody' : 'in use';
}

async function readPlace(home: Home, app: string): Promise<Place | undefined> {
  const text = await readStateText(appFiles(home, app).kept);
  return text === undefined ? undefined : asPlace(text);
}

function asPlace(text: string): Place | undefined {
  try {
    const place = JSON.parse(text) as Partial<Place> | null;
    const isWhole = [place?.id, place?.name, place?.sha256].every((one) => typeof one === 'string');
    return isWhole && place?.schema === SCHEMA ? (place as Place) : undefined;
  } catch {
    return undefined;
  }
}

export function newSalt(): string {
  return randomBytes(16).toString('hex');
}

export function digestWith(salt: string): Digest {
  return (text) => createHmac('sha256', salt).update(text).digest('hex');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
