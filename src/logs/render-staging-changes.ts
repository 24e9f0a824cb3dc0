import type { ShownChange, ShownPhase } from '../lifecycle/tree-change.ts';
import { counts, renderChanges, renderPhaseChanges } from './render-changes.ts';

/** What phases did, and what came of it in the droplet. */
export interface StagingChanges {
  readonly phases: readonly ShownPhase[];
  /** Absent when there is nothing to compare the droplet with. */
  readonly droplet?: readonly ShownChange[];
}

/** For people. */
export function renderStagingChanges({ phases, droplet }: StagingChanges): string {
  const parts = phases.map(renderPhaseChanges);
  if (droplet !== undefined) {
    parts.push(
      [`The droplet, against the one before it: ${counts(droplet)}`, ...renderChanges(droplet)].join('\n'),
    );
  }
  return parts.length === 0 ? 'Nothing has been staged yet.' : parts.join('\n\n');
}
