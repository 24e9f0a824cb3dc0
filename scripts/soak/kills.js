import { setTimeout as delay } from 'node:timers/promises';
import { KINDS } from './leftovers.js';
import { toolProcesses } from './processes.js';
import { random } from './random.js';
import { say } from './say.js';

/** How long the longest command lives at least until it is killed, in pushes. */
const LONGEST = 1.3;

/** Kills cfstage at a random moment of one of its commands, and has `cfstage clean` remove what it leaves. */
export async function soakKills(place, { kills, seed }) {
  const { run, sample, stack, leftovers, signal } = place;
  const commands = [
    sample('push'),
    sample('push'),
    sample('push', '--detach'),
    sample('push', '--detach'),
    sample('stage'),
    ['run-task', 'rubyapp', '--command', 'sleep 1', ...stack],
    ['restart', 'rubyapp', ...stack],
  ];
  say(`kills: seed ${seed}`);
  const chance = random(seed);
  // How long a push takes here; the others need its droplet.
  const start = performance.now();
  await run(...sample('push', '--detach'));
  const longest = (performance.now() - start) * LONGEST;
  await run('stop', 'rubyapp');
  const [left, moments] = [[], []];
  let killed = 0;
  for (let round = 1; round <= kills; round += 1) {
    const args = commands[Math.floor(chance() * commands.length)];
    const moment = Math.round(chance() * longest);
    const { ended } = place.start(args);
    await delay(moment, undefined, { signal });
    const victims = toolProcesses(place.home).filter(({ name }) => name.includes('bin/cfstage.js'));
    for (const { pid } of victims) kill(pid);
    killed += victims.length;
    await ended;
    await run('clean');
    const when = `round ${round}, ${args.slice(0, 2).join(' ')} after ${moment} ms`;
    const found = await leftovers.remove('kills', when);
    left.push(...found);
    moments.push(moment);
    if (round % 10 === 0) say(`kills: ${round} of ${kills}, ${left.length} things left`);
  }
  // What was killed has spoiled nothing.
  await run(...sample('push', '--detach'));
  await run('delete', 'rubyapp');
  left.push(...(await leftovers.remove('kills', 'the end')));
  return {
    rounds: kills,
    left: Object.fromEntries(KINDS.map((kind) => [kind, left.filter((found) => found.kind === kind).length])),
    remark: `${killed} processes, after ${Math.min(...moments)} to ${Math.max(...moments)} ms, seed ${seed}`,
    ok: left.length === 0,
  };
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was faster.
  }
}
