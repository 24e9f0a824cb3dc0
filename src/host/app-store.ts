import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from './atomic-file.ts';
import { encodeAppName, type Home } from './home.ts';
import type { LogPlace } from './log-file.ts';
import { stateError } from './state-error.ts';
import { systemErrorCode } from '../errors.ts';

/** The files kept of one app; write them by {@link writeFileAtomically} and its kind. */
export interface AppFiles {
  readonly folder: string;
  /** Plain or gzipped tar of the last good staging. */
  readonly droplet: string;
  readonly result: string;
  readonly stagingInfo: string;
  readonly log: LogPlace;
  /** What the next run has to know of the app; always holds its name. */
  readonly app: string;
  /** What is left of a watch that keeps its snapshots: which container, the state of it, a lock of both. */
  readonly kept: string;
  readonly keptState: string;
  readonly keptLock: string;
  /** Build cache, one a stack (cloud_controller_ng keys it by app guid and stack). */
  cache(stack: string): string;
  /** Which staging container has the directories that `watch --persist` keeps. */
  readonly persisting: string;
  /** A directory of the staging container that `watch --persist` keeps: a plain tar. */
  persisted(stack: string, path: string): string;
}

/** Where the files of an app lie. */
export function appFiles(home: Home, name: string): AppFiles {
  const folder = join(home.apps, encodeAppName(name));
  return {
    folder,
    droplet: join(folder, 'droplet.tar'),
    result: join(folder, 'result.json'),
    stagingInfo: join(folder, 'staging_info.yml'),
    log: { path: join(folder, 'log.jsonl'), older: join(folder, 'log.1.jsonl') },
    app: join(folder, 'app.json'),
    kept: join(folder, 'kept-staging.json'),
    keptState: join(folder, 'kept-staging-state.json'),
    keptLock: join(folder, 'kept-staging.lock'),
    persisting: join(folder, 'persisting.json'),
    cache: (stack) => join(folder, `cache-${encodeAppName(stack)}.tar`),
    persisted: (stack, path) => join(folder, `persist-${encodeAppName(`${stack}${path}`)}.tar`),
  };
}

/** What app.json holds at least. */
export interface AppRecord {
  readonly name: string;
  readonly [key: string]: unknown;
}

/** Remembers an app. Raises DISK_FULL and STATE_UNREADABLE. */
export async function saveApp(home: Home, record: AppRecord): Promise<void> {
  await writeFileAtomically(appFiles(home, record.name).app, `${JSON.stringify(record, undefined, 2)}\n`);
}

/** What was remembered of an app, undefined when it was never saved. Raises STATE_UNREADABLE. */
export async function loadApp(home: Home, name: string): Promise<AppRecord | undefined> {
  return await readRecord(appFiles(home, name).app);
}

/** The remembered apps, by name. Raises STATE_UNREADABLE. */
export async function listApps(home: Home): Promise<readonly AppRecord[]> {
  const folders = await readState(home.apps, () => readdir(home.apps));
  const records = await Promise.all((folders ?? []).map((folder) => readAppRecord(home, folder)));
  return records.filter((record) => record !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What is remembered in one folder of `home.apps`. Raises STATE_UNREADABLE. */
export async function readAppRecord(home: Home, folder: string): Promise<AppRecord | undefined> {
  return await readRecord(join(home.apps, folder, 'app.json'));
}

/** Forgets an app with its droplet, caches and log; no error when there is none. */
export async function deleteApp(home: Home, name: string): Promise<void> {
  const { folder } = appFiles(home, name);
  await readState(folder, () => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
}

/** The text of a state file, undefined when it does not exist. Raises STATE_UNREADABLE. */
export async function readStateText(path: string): Promise<string | undefined> {
  return await readState(path, () => readFile(path, 'utf8'));
}

async function readRecord(path: string): Promise<AppRecord | undefined> {
  const text = await readStateText(path);
  if (text === undefined) return undefined;
  try {
    const record: unknown = JSON.parse(text);
    if (isRecord(record)) return record;
  } catch (error) {
    throw stateError(error, path);
  }
  throw stateError(new Error('it does not describe an app'), path);
}

function isRecord(value: unknown): value is AppRecord {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
}

async function readState<T>(path: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const code = systemErrorCode(error);
    // ENOTDIR: a stray file where the folder of an app would be.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw stateError(error, path);
  }
}
