import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import { workplace } from './bench/leftovers.js';
import { MEASUREMENTS } from './bench/measure.js';
import { BENCHMARKS, judgeAll, table } from './bench/target.js';
import { ROOT } from './setup/root.js';
import { main, setUp } from './setup/set-up.js';

const asked = process.argv.slice(2);
const names = Object.keys(BENCHMARKS).filter((name) => asked.length === 0 || asked.includes(name));

await main(async () => {
  const unknown = asked.filter((name) => !(name in BENCHMARKS));
  if (unknown.length > 0) {
    process.stderr.write(`usage: npm run bench -- [${Object.keys(BENCHMARKS).join('] [')}]\n`);
    return 2;
  }
  await setUp();
  const place = workplace();
  const results = [];
  try {
    for (const name of names) results.push(...judgeAll(name, await MEASUREMENTS[name](place)));
  } catch (error) {
    if (!place.signal.aborted) throw error;
    process.stderr.write('bench: interrupted\n');
    return 130;
  } finally {
    place.remove();
  }
  const report = { date: new Date().toISOString(), node: process.version, machine: machine(), results };
  const json = `${JSON.stringify(report, undefined, 2)}\n`;
  const folder = path.join(ROOT, 'bench-results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${report.date.replaceAll(':', '-')}.json`), json);
  process.stdout.write(`${json}\n${table(results)}\n`);
  return results.every(({ ok }) => ok) ? 0 : 1;
});

function machine() {
  return `${process.platform}/${process.arch}, ${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB`;
}
