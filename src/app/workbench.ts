import { createHash, randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { Cell } from '../engine/cell.ts';
import { connectEngine } from '../engine/connect.ts';
import { homeAt, type Home } from '../host/home.ts';
import { currentOwner } from '../host/session-owner.ts';
import type { Emit } from '../logs/event.ts';

/** What needs no engine: the state folder, and where events go. */
export interface LocalBench {
  readonly home: Home;
  readonly emit: Emit;
}

/** Where one run of cfstage works: its cell, its state folder, and where its events go. */
export interface Workbench extends LocalBench {
  readonly cell: Cell;
}

/** As the log lines of the cell name it. */
const CELL_ID = 'cfstage';

/** Opens a workbench on the engine that answers. Raises DOCKER_UNREACHABLE. */
export async function openWorkbench(
  env: NodeJS.ProcessEnv,
  homeFolder: string,
  emit: Emit,
): Promise<Workbench> {
  const [engine, owner] = await Promise.all([connectEngine(env), currentOwner()]);
  return {
    cell: { id: CELL_ID, engine, session: { id: randomUUID(), owner, home: homeId(homeFolder) } },
    home: homeAt(homeFolder),
    emit,
  };
}

/** A bench for what needs no engine. */
export function openLocalBench(homeFolder: string, emit: Emit): LocalBench {
  return { home: homeAt(homeFolder), emit };
}

/** Names a state folder in labels, without telling where it lies. */
export function homeId(folder: string): string {
  return createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 16);
}
