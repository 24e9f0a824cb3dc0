import { KINDS } from './leftovers.js';
import { median, say } from './say.js';

/** How many rounds at both ends are compared, and how much slower the last may be. */
const SHARE = 10;
const SLOWER = 1.5;

/** Pushes the small sample into the background and deletes it, again and again. */
export async function soakPushes({ run, sample, leftovers, signal }, { pushes }) {
  const [seconds, left] = [[], []];
  for (let round = 1; round <= pushes; round += 1) {
    const start = performance.now();
    await run(...sample('push', '--detach'));
    seconds.push((performance.now() - start) / 1000);
    await run('delete', 'rubyapp');
    signal.throwIfAborted();
    left.push(...(await leftovers.remove('pushes', `round ${round}`)));
    if (round % SHARE === 0) say(`pushes: ${round} of ${pushes}, ${left.length} things left`);
  }
  const ends = Math.max(1, Math.floor(pushes / SHARE));
  const [first, last] = [median(seconds.slice(0, ends)), median(seconds.slice(-ends))];
  return {
    rounds: pushes,
    left: Object.fromEntries(KINDS.map((kind) => [kind, left.filter((found) => found.kind === kind).length])),
    remark: `${first.toFixed(2)} s a push at first, ${last.toFixed(2)} s at last`,
    ok: left.length === 0 && last <= first * SLOWER,
  };
}
