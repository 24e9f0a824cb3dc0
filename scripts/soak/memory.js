import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from '../setup/root.js';
import { SetupError } from '../setup/say.js';
import { load } from './load.js';
import { median, say } from './say.js';

const SAMPLES_A_MINUTE = 6;
/** What the last quarter may have more than the second, in the median: what is leaked grows with the requests. */
const GROWTH = { heapMb: 1.5, rssMb: 6, files: 5 };
const APP = path.join(ROOT, 'fixtures/apps/rubyapp');

/** Keeps apps running in one process under requests, and looks at what it holds right after each garbage collection. */
export async function soakMemory(place, { apps, minutes }) {
  const manifest = path.join(place.folder, 'manifest.yml');
  writeFileSync(manifest, manifestOf(apps));
  const report = path.join(place.folder, 'memory.json');
  const preload = path.join(import.meta.dirname, 'report-memory.js');
  const env = { NODE_OPTIONS: `--expose-gc --import=${preload}`, SOAK_REPORT: report };
  const tool = place.start(['push', '--manifest', manifest, ...place.localBuildpacks, ...place.stack], env);
  const routes = path.join(place.home, 'router.json');
  await started(tool, place, apps);
  const { port } = JSON.parse(readFileSync(routes, 'utf8'));
  const end = new AbortController();
  const hosts = Array.from({ length: apps }, (_, i) => `app-${i}.localhost`);
  const counts = load({ port, hosts, signal: end.signal });
  const samples = [];
  try {
    for (let i = 0; i < minutes * SAMPLES_A_MINUTE; i += 1) {
      await delay(60_000 / SAMPLES_A_MINUTE, undefined, { signal: place.signal });
      const sample = await look(tool.child, report, place.signal);
      samples.push({ ...sample, requests: counts.answered });
      say(
        `memory: ${counts.answered} requests, RSS ${sample.rssMb.toFixed(1)} MB, heap ${sample.heapMb.toFixed(1)} MB, ${sample.files} open files`,
      );
    }
  } finally {
    end.abort();
    await counts.over;
    tool.child.kill('SIGINT');
  }
  const code = await tool.ended;
  const left = await place.leftovers.remove('memory', 'the end');
  const quarter = Math.floor(samples.length / 4);
  const rows = Object.entries(GROWTH).map(([what, allowed]) => {
    const values = samples.map((sample) => sample[what]);
    const [before, after] = [median(values.slice(quarter, 2 * quarter)), median(values.slice(-quarter))];
    return { what, before, after, allowed, ok: after - before <= allowed };
  });
  return {
    apps,
    minutes,
    requests: counts.answered,
    failed: counts.failed,
    rows,
    ok: code === 0 && counts.failed === 0 && left.length === 0 && rows.every(({ ok }) => ok),
  };
}

function manifestOf(apps) {
  const one = (i) => `- name: app-${i}
  path: ${APP}
  stack: cflinuxfs3
  memory: 128M
  timeout: 180
  buildpacks: ['https://git.example.com/config-server-buildpack.git', ruby_buildpack]
  env: { CONFIG_SERVER_PORT: 8082 }
  sidecars: [{ name: config-server, process_types: [web], command: ./config-server, memory: 32M }]
`;
  return `applications:\n${Array.from({ length: apps }, (_, i) => one(i)).join('')}`;
}

async function started({ child, said, ended }, { signal, home }, apps) {
  let live = true;
  const over = ended.then((code) => ((live = false), code));
  for (;;) {
    signal.throwIfAborted();
    if (!live) throw new SetupError(`cfstage push ended with ${await over}:\n${said()}`);
    const routes = path.join(home, 'routes');
    const texts = existsSync(routes)
      ? readdirSync(routes)
          .filter((name) => name.endsWith('.json'))
          .map((name) => readFileSync(path.join(routes, name), 'utf8'))
      : [];
    if (texts.filter((text) => text.includes('"ready":true')).length === apps) return;
    if (child.exitCode === null) await delay(200, undefined, { signal });
  }
}

/** What the process holds, right after it was asked to collect its garbage. */
async function look(child, report, signal) {
  rmSync(report, { force: true });
  child.kill('SIGUSR2');
  while (!existsSync(report)) await delay(20, undefined, { signal });
  const { rss, heapUsed, external } = JSON.parse(readFileSync(report, 'utf8'));
  const files = readdirSync(`/proc/${child.pid}/fd`).length;
  return { rssMb: rss / 1e6, heapMb: (heapUsed + external) / 1e6, files };
}
