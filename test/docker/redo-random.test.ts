import { expect } from 'vitest';
import { openOddLab } from './support/odd-lab.ts';
import { RandomEdits, seeded } from './support/random-edits.ts';
import { test } from './support/workplace.ts';

/** `CFSTAGE_REDOS=200 CFSTAGE_SEED=7` for a longer run of another one. */
const REDOS = Number(process.env['CFSTAGE_REDOS'] ?? 25);
const SEED = Number(process.env['CFSTAGE_SEED'] ?? 1);
const EDITS_AT_ONCE = [1, 1, 1, 2, 5];

test(
  `after each of ${REDOS} random changes (seed ${SEED}) a redo gives what staging from nothing gives`,
  async ({ place }) => {
    await using lab = await openOddLab(place);
    await lab.write('app/keep', 'keep\n');
    const random = seeded(SEED);
    const edits = new RandomEdits(lab, random);
    const kinds = new Map<string, number>();
    for (let i = 0; i < REDOS; i++) {
      const done: string[] = [];
      const count = EDITS_AT_ONCE[Math.floor(random() * EDITS_AT_ONCE.length)] ?? 1;
      while (done.length < count) done.push(await edits.edit());
      const [redone, fromNothing] = await Promise.all([lab.redoIfNeeded(), lab.fromNothing()]);
      const { redo, outcome } = redone;
      kinds.set(redo.kind, (kinds.get(redo.kind) ?? 0) + 1);
      expect(outcome, `${i}: ${done.join('; ')} (${redo.reason})`).toEqual(fromNothing);
    }
    const warnings = lab.memory.events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    expect(warnings.filter((message) => message.includes('made anew'))).toEqual([]);
    expect(kinds.get('anew'), 'only the first').toBe(1);
    expect(kinds.get('redo')).toBeGreaterThan(REDOS / 2);
  },
  60_000 + 10_000 * REDOS,
);
