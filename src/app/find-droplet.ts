import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { checkDroplet, readDroplet } from '../archive/droplet-archive.ts';
import { CfstageError } from '../errors.ts';
import { readStateText } from '../host/app-store.ts';
import { VCAP } from '../lifecycle/container-paths.ts';
import { parseStagingInfo } from '../lifecycle/staging-info.ts';
import type { StagingResult } from '../lifecycle/staging-result.ts';
import { applyOverrides } from '../manifest/apply-overrides.ts';
import type { AppManifest } from '../manifest/manifest.ts';
import { findServicesFile } from './app-services.ts';
import { dropletMissing } from './droplet-store.ts';
import { servicesFileOf } from './droplet-surroundings.ts';
import { holdCurrentDroplet } from './held-droplet.ts';
import type { DropletFacts } from './plan-instance.ts';
import type { RunnableDroplet } from './instance-starter.ts';
import { readApp } from './read-app.ts';
import type { PushRequest } from './request.ts';
import { DEFAULT_STACK } from './resolve-stack.ts';
import type { Workbench } from './workbench.ts';

/** A droplet to run, from the state folder or from a file. */
export interface FoundDroplet extends DropletFacts, RunnableDroplet {
  readonly app: AppManifest;
  readonly stack: string;
  readonly servicesFile: string | undefined;
}

/** The droplet file of that name, else the droplet of the app of that name. Raises DROPLET_INVALID. */
export async function findDroplet(
  target: string,
  request: PushRequest,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<FoundDroplet> {
  return (await dropletFromFile(target, request, signal)) ?? (await dropletOfApp(target, request, workbench));
}

async function dropletOfApp(name: string, request: PushRequest, { home }: Workbench): Promise<FoundDroplet> {
  const held = await holdCurrentDroplet(home, name, dropletMissing(name));
  const { stored } = held;
  try {
    return {
      ...stored,
      app: applyOverrides(stored.app, request.overrides),
      servicesFile: await servicesFileOf(stored, request),
      open: () => held.open(),
      [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
    };
  } catch (error) {
    await held[Symbol.asyncDispose]();
    throw error;
  }
}

/** A droplet file; its processes are those of the result.json beside it, if that is its own, else its start command. */
async function dropletFromFile(
  target: string,
  request: PushRequest,
  signal: AbortSignal,
): Promise<FoundDroplet | undefined> {
  const path = resolve(request.cwd, target);
  const stats = await stat(path).catch(() => undefined);
  // An app may have the name of a folder here; a droplet is a file, or was meant to be one.
  if (stats?.isFile() !== true && !/\.(?:tgz|tar|tar\.gz)$/.test(target)) return undefined;
  if (stats?.isFile() !== true) {
    throw new CfstageError('DROPLET_INVALID', `There is no droplet file at ${path}`, {
      hint: 'Name a file made by `cfstage stage --output DIR`, or an app that was staged before.',
    });
  }
  const info = parseStagingInfo(await checkDroplet(createReadStream(path), signal));
  if ('error' in info) {
    throw new CfstageError('DROPLET_INVALID', info.error, { hint: 'Stage the app again.' });
  }
  const name = request.appName ?? basename(path).replace(/\.(?:tgz|tar|tar\.gz)$/, '');
  const requested = await readApp({ ...request, appName: name });
  const { app } = requested;
  return {
    app,
    servicesFile: await findServicesFile(request, requested),
    stack: app.stack ?? DEFAULT_STACK,
    result: (await resultBeside(path)) ?? {},
    stagingInfo: info.info,
    open: (abort) => readDroplet(createReadStream(path), VCAP, abort).tar,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function resultBeside(droplet: string): Promise<StagingResult | undefined> {
  const path = join(dirname(droplet), 'result.json');
  const text = await readStateText(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as StagingResult;
  } catch (error) {
    throw new CfstageError('DROPLET_INVALID', `${path} is not JSON`, {
      hint: 'Remove it, or stage the app again.',
      cause: error,
    });
  }
}
