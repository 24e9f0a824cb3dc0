import { parseArgs } from 'node:util';
import { soakKills } from './kills.js';
import { soakMemory } from './memory.js';
import { soakPushes } from './pushes.js';

/** The soaks, in the order in which they are run. */
export const SOAKS = {
  pushes: { run: soakPushes },
  kills: { run: soakKills },
  memory: { run: soakMemory },
};

/** What can be asked for, with what it is unless it is. */
const NUMBERS = { pushes: 200, kills: 50, apps: 10, minutes: 4, seed: undefined };

/** `{ soaks, pushes, kills, apps, minutes, seed }`; undefined for a command line that makes no sense. */
export function readOptions(args) {
  try {
    const options = Object.fromEntries(Object.keys(NUMBERS).map((name) => [name, { type: 'string' }]));
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const given = Object.entries(values).map(([name, text]) => [name, Number(text)]);
    if (given.some(([, number]) => !(number > 0))) return undefined;
    if (positionals.some((name) => !(name in SOAKS))) return undefined;
    const soaks = Object.keys(SOAKS).filter((name) => positionals.length === 0 || positionals.includes(name));
    return { ...NUMBERS, seed: Math.floor(Math.random() * 1e9), ...Object.fromEntries(given), soaks };
  } catch {
    return undefined;
  }
}

export function usage() {
  const flags = Object.keys(NUMBERS).map((name) => `[--${name} N]`);
  return `usage: npm run soak -- [${Object.keys(SOAKS).join('] [')}] ${flags.join(' ')}\n`;
}
