import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from '../setup/root.js';
import { openEngine } from './engine.js';
import { toolProcesses } from './processes.js';
import { say } from './say.js';

/** No more than ending is left to do then. */
const PROCESS_ENDS_MS = 5_000;

export const KINDS = ['containers', 'networks', 'volumes', 'processes', 'files'];

/** What is to be in a state folder: of the folder, and of each app. All else is a leftover. */
const KEPT = [
  /^instance-identity\/ca\.(?:crt|key)$/,
  /^router\.json$/,
  /^apps\/[^/]+\/(?:app\.json|events\.jsonl|cache-[^/]+\.tar|log(?:\.1)?\.jsonl)$/,
];

/** Looks for what cfstage has left: on the engine, among the processes and in the two folders. */
export class Leftovers {
  #home;
  #temp;
  #engine;
  #label;
  #volumesBefore;

  static async open({ home, temp }) {
    const [engine, { homeId }] = await Promise.all([
      openEngine(),
      import(path.join(ROOT, 'dist/app/workbench.js')),
    ]);
    const leftovers = new Leftovers();
    leftovers.#home = home;
    leftovers.#temp = temp;
    leftovers.#engine = engine;
    leftovers.#label = `cfstage.home=${homeId(home)}`;
    leftovers.#volumesBefore = new Set(await engine.idleVolumes());
    return leftovers;
  }

  /** `[{ kind, name }]` of all that should not be there now. */
  async look() {
    const [labelled, volumes] = await Promise.all([
      this.#engine.labelled(this.#label),
      this.#engine.idleVolumes(),
    ]);
    return [
      ...labelled,
      ...volumes
        .filter((name) => !this.#volumesBefore.has(name))
        .map((name) => ({ kind: 'volumes', name, path: `/volumes/${name}` })),
      ...toolProcesses(this.#home).map((found) => ({ ...found, kind: 'processes' })),
      ...this.#files().map((file) => ({
        kind: 'files',
        name: path.relative(path.dirname(this.#home), file),
        file,
      })),
    ];
  }

  /**
   * Looks, tells of it under the name of a soak, and removes it, so that it is not found twice. A process in the
   * background that has just told that all is gone may take a moment to end.
   */
  async remove(soak, when = '') {
    const deadline = performance.now() + PROCESS_ENDS_MS;
    while (toolProcesses(this.#home).length > 0 && performance.now() < deadline) await delay(20);
    const found = await this.look();
    for (const { kind, name } of found) say(`${soak}: ${when} left ${kind}: ${name}`);
    for (const { pid } of found) if (pid !== undefined) process.kill(pid, 'SIGKILL');
    for (const { file } of found) if (file !== undefined) rmSync(file, { recursive: true, force: true });
    // Containers come first: a network that has any is not removed.
    for (const { kind, path: where } of found)
      if (where !== undefined && kind !== 'volumes') await this.#engine.remove(where);
    return found;
  }

  #files() {
    const inHome = filesBelow(this.#home).filter((file) => {
      const name = path.relative(this.#home, file);
      return !KEPT.some((kept) => kept.test(name)) && !isCurrentDroplet(file);
    });
    return [...inHome, ...readdirSync(this.#temp).map((name) => path.join(this.#temp, name))];
  }
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function isCurrentDroplet(file) {
  const [, guid] = /\/droplet-([^/]+)\.tar$/.exec(file) ?? [];
  const record = path.join(path.dirname(file), 'app.json');
  if (guid === undefined || !existsSync(record)) return false;
  return JSON.parse(readFileSync(record, 'utf8')).droplet?.buildGuid === guid;
}
