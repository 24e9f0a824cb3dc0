import { createReadStream } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { CfstageError } from '../errors.ts';
import { appFiles, loadApp, readAppRecord, saveApp } from '../host/app-store.ts';
import type { Home } from '../host/home.ts';
import type { StagingInfo } from '../lifecycle/staging-info.ts';
import type { StagingResult } from '../lifecycle/staging-result.ts';
import type { PortShape } from '../lifecycle/instance-ports.ts';
import type { StackPolicy } from '../stack/stack-choice.ts';
import type { AppManifest } from '../manifest/manifest.ts';

/** The current droplet of an app and all that is needed to run it again. */
export interface StoredDroplet {
  readonly app: AppManifest;
  readonly stack: string;
  readonly buildGuid: string;
  readonly result: StagingResult;
  readonly stagingInfo: StagingInfo;
  /** Absolute path; it is read again whenever the droplet is run, so that no credentials are kept here. */
  readonly servicesFile?: string;
  readonly run: RunAgain;
}

/** How the app was asked to run, for `cfstage start`. */
export interface RunAgain {
  readonly domain: string;
  readonly port: number;
  readonly portShape: PortShape;
  readonly stackPolicy?: StackPolicy;
  /** Absolute path. */
  readonly caCert?: string;
  readonly offline?: boolean;
}

/** File of the droplet of one staging, a plain tar. */
export function dropletFile(home: Home, app: string, buildGuid: string): string {
  return join(appFiles(home, app).folder, `droplet-${buildGuid}.tar`);
}

/**
 * Makes a droplet, whose file is already written, the app's current one: one rename, so that two stagings at once
 * leave one or the other and never a mixture. The file of the droplet before it goes.
 */
export async function setCurrentDroplet(home: Home, droplet: StoredDroplet): Promise<void> {
  const before = await currentDroplet(home, droplet.app.name).catch(() => undefined);
  await saveApp(home, { name: droplet.app.name, droplet });
  if (before !== undefined && before.buildGuid !== droplet.buildGuid) {
    await rm(dropletFile(home, droplet.app.name, before.buildGuid), { force: true });
  }
}

/** Files of droplets that are not the current ones, of all apps but those that may be staged now. */
export async function dropletsNotCurrent(home: Home, busy: ReadonlySet<string>): Promise<readonly string[]> {
  const folders = await readdir(home.apps).catch(() => []);
  const found = await Promise.all(
    folders.map(async (folder) => {
      const files = await readdir(join(home.apps, folder)).catch(() => []);
      const droplets = files.filter((file) => /^droplet-.+\.tar$/.test(file));
      const name = [...busy].find((app) => appFiles(home, app).folder === join(home.apps, folder));
      if (droplets.length === 0 || name !== undefined) return [];
      const record = await readAppRecord(home, folder);
      const current = (record?.['droplet'] as StoredDroplet | undefined)?.buildGuid;
      return droplets
        .filter((file) => file !== `droplet-${current ?? ''}.tar`)
        .map((file) => join(home.apps, folder, file));
    }),
  );
  return found.flat();
}

export async function currentDroplet(home: Home, app: string): Promise<StoredDroplet | undefined> {
  const record = await loadApp(home, app);
  return record?.['droplet'] as StoredDroplet | undefined;
}

/** What is said when an app has none. */
export function dropletMissing(app: string): CfstageError {
  return new CfstageError('DROPLET_INVALID', `App '${app}' has no droplet`, {
    hint: `Stage it first: cfstage push ${app}. \`cfstage apps\` lists what there is.`,
  });
}

export function openStoredDroplet(home: Home, { app, buildGuid }: StoredDroplet): Readable {
  return createReadStream(dropletFile(home, app.name, buildGuid));
}
