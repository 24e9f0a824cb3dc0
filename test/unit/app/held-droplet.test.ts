import { mkdir, rm, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { dropletFile, setCurrentDroplet, type StoredDroplet } from '../../../src/app/droplet-store.ts';
import { holdCurrentDroplet } from '../../../src/app/held-droplet.ts';
import { CfstageError } from '../../../src/errors.ts';
import { appFiles } from '../../../src/host/app-store.ts';
import { homeAt, type Home } from '../../../src/host/home.ts';
import { makeTempDir } from '../../../src/host/temp-dir.ts';
import { appWithoutManifest } from '../../../src/manifest/select-app.ts';

const NONE = new CfstageError('DROPLET_INVALID', 'Task must have a droplet.');

async function openHome(): Promise<Home> {
  const folder = await makeTempDir('held-droplet');
  onTestFinished(() => folder[Symbol.asyncDispose]());
  return homeAt(folder.path);
}

async function keep(home: Home, buildGuid: string): Promise<void> {
  const stored: StoredDroplet = {
    app: appWithoutManifest('app'),
    stack: 'cflinuxfs4',
    run: { domain: 'localhost', port: 0, portShape: 'envoy' },
    buildGuid,
    result: {
      lifecycle_metadata: { detected_buildpack: '', buildpacks: [] },
      process_types: {},
      execution_metadata: '',
      lifecycle_type: 'buildpack',
    },
    stagingInfo: { detected_buildpack: '', start_command: '' },
  };
  await mkdir(appFiles(home, 'app').folder, { recursive: true });
  await writeFile(dropletFile(home, 'app', buildGuid), `droplet ${buildGuid}`);
  await setCurrentDroplet(home, stored);
}

describe('holdCurrentDroplet', () => {
  test('a droplet that is replaced meanwhile can still be read', async () => {
    const home = await openHome();
    await keep(home, 'one');
    await using droplet = await holdCurrentDroplet(home, 'app', NONE);
    await keep(home, 'two');
    expect(droplet.stored.buildGuid).toBe('one');
    expect(await text(droplet.open())).toBe('droplet one');
    await using next = await holdCurrentDroplet(home, 'app', NONE);
    expect(await text(next.open())).toBe('droplet two');
  });

  test('it can be read as often as it takes, given up half-way or not, until it is given back', async () => {
    const home = await openHome();
    await keep(home, 'one');
    const droplet = await holdCurrentDroplet(home, 'app', NONE);
    droplet.open().destroy();
    expect(await text(droplet.open())).toBe('droplet one');
    expect(await text(droplet.open())).toBe('droplet one');
    const late = droplet.open();
    await droplet[Symbol.asyncDispose]();
    await expect(text(late)).rejects.toMatchObject({ code: 'EBADF' });
  });

  test('an app that is not known is not found', async () => {
    await expect(holdCurrentDroplet(await openHome(), 'app', NONE)).rejects.toMatchObject({
      code: 'APP_NOT_FOUND',
      message: "App 'app' not found",
    });
  });

  test('an app without a droplet, or whose droplet is lost, is told so', async () => {
    const home = await openHome();
    await mkdir(appFiles(home, 'app').folder, { recursive: true });
    const none = {
      code: 'DROPLET_INVALID',
      message: expect.stringMatching(/^Task must have a droplet\./) as string,
    };
    await expect(holdCurrentDroplet(home, 'app', NONE)).rejects.toMatchObject(none);
    await keep(home, 'one');
    await rm(dropletFile(home, 'app', 'one'));
    await expect(holdCurrentDroplet(home, 'app', NONE)).rejects.toMatchObject(none);
  });
});
