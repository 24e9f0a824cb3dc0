import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../setup/root.js';
import { round } from './target.js';

const FOLDERS = 1000;
const FILES_A_FOLDER = 50;

/** Tree of 50,000 files: seconds until it is watched, and milliseconds from a write until it is told, settle time included. */
export async function watchTree({ folder, signal }, rounds) {
  const url = pathToFileURL(path.join(ROOT, 'dist/host/change-watcher.js'));
  const { ChangeWatcher } = await import(url.href);
  const tree = path.join(folder, 'watched');
  makeTree(tree);
  const start = [];
  const told = [];
  for (let i = 0; i <= rounds; i += 1) {
    const watcher = new ChangeWatcher();
    const begin = performance.now();
    await watcher.watch([{ path: tree, honoursCfIgnore: true }]);
    const ready = performance.now();
    const batch = watcher.next(signal);
    // As an author does it: some time after the start, while nothing else happens.
    await delay(500, undefined, { signal });
    const write = performance.now();
    writeFileSync(path.join(tree, 'b7/f7.txt'), `round ${i}`);
    await batch;
    const seen = performance.now();
    watcher[Symbol.dispose]();
    if (i === 0) continue;
    start.push(round((ready - begin) / 1000, 3));
    told.push(round(seen - write, 1));
  }
  return { cfstage: start, further: { 'watcher-told': { cfstage: told } } };
}

function makeTree(tree) {
  for (let i = 0; i < FOLDERS; i += 1) {
    const below = path.join(tree, `b${i}`);
    mkdirSync(below, { recursive: true });
    for (let k = 0; k < FILES_A_FOLDER; k += 1) writeFileSync(path.join(below, `f${k}.txt`), `file ${k}`);
  }
}
