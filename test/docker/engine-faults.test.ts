import { cp, open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clean } from '../../src/app/clean.ts';
import { stageApp } from '../../src/app/stage-app.ts';
import { openWorkbench } from '../../src/app/workbench.ts';
import { pushRequest, type StageRequest } from '../../src/app/request.ts';
import { makeTempDir } from '../../src/host/temp-dir.ts';
import { emitTo } from '../../src/logs/emitter.ts';
import type { Event } from '../../src/logs/event.ts';
import { PrivateEngine } from './support/private-engine.ts';
import { HELLO_WEB, test } from './support/workplace.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

function request(path: string, buildpacks: readonly string[]): StageRequest {
  return pushRequest({
    cwd: FIXTURES,
    appName: 'engine-fault',
    path,
    overrides: { buildpacks, stack: 'cflinuxfs4' },
    localBuildpacks: new Map(buildpacks.map((name) => [name, join(FIXTURES, 'buildpacks', name)])),
    stackPolicy: 'stand-in',
  });
}

describe('an engine that fails', () => {
  let engine: PrivateEngine;
  beforeAll(async () => {
    engine = await PrivateEngine.start(500, 'cfstage/cflinuxfs4:stand-in');
  });
  afterAll(() => engine[Symbol.asyncDispose]());

  it('has a full disk: DISK_FULL, and nothing is left on it', async () => {
    await using home = await makeTempDir('faults');
    await using app = await makeTempDir('large-app');
    const file = await open(join(app.path, 'large'), 'w');
    await file.truncate(600 * 1024 * 1024);
    await file.close();
    const workbench = await openWorkbench({ DOCKER_HOST: engine.host }, home.path, emitTo([]));
    const staging = stageApp(
      request(app.path, ['prints-its-limits']),
      workbench,
      AbortSignal.timeout(60_000),
    );
    await expect(staging).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await engine.containers()).toEqual([]);
  });

  it('is killed in the middle of a script: ENGINE_LOST', async () => {
    await using home = await makeTempDir('faults');
    let inScript: () => void = () => undefined;
    const scriptRuns = new Promise<void>((resolve) => (inScript = resolve));
    const watch = {
      write: (event: Event) => {
        if (event.type === 'log' && event.message.includes('Waiting for ever')) inScript();
        return undefined;
      },
    };
    const workbench = await openWorkbench({ DOCKER_HOST: engine.host }, home.path, emitTo([watch]));
    const asked = request(join(FIXTURES, 'conformance/apps/simple'), [
      'waits-in-supply',
      'prints-its-limits',
    ]);
    const staging = stageApp(asked, workbench, AbortSignal.timeout(60_000));
    staging.catch(() => undefined);
    await Promise.race([scriptRuns, staging]);
    await engine.end('SIGKILL');
    await expect(staging).rejects.toMatchObject({ code: 'ENGINE_LOST' });
    await engine.startAgain();
    // This process, which owns it, lives.
    await clean(workbench, { all: true, keptServices: false }, AbortSignal.timeout(60_000));
    expect(await engine.containers()).toEqual([]);
  });

  test('has no room for the container of the app: DISK_FULL, and nothing is left on it', async ({
    place,
  }) => {
    const app = join(place.root, 'large-app');
    await cp(join(FIXTURES, 'apps/hello-web'), app, { recursive: true });
    const file = await open(join(app, 'large'), 'w');
    // It fits once, into the container that stages it.
    await file.truncate(Math.floor((await engine.freeBytes()) * 0.6));
    await file.close();
    const env = { DOCKER_HOST: engine.host };
    const { exitCode, stdout, stderr } = await place.run(['push', place.app, ...HELLO_WEB, '--path', app], {
      env,
    });
    expect(exitCode, stderr).toBe(1);
    expect(stdout).toContain('[STG/0] OUT Exit status 0');
    expect(stderr).toMatch(/^FAILED \(DISK_FULL\)$/m);
    expect(stderr.match(/^FAILED/gm)).toHaveLength(1);
    expect(await engine.containers()).toEqual([]);
    expect(await engine.networks()).toEqual([]);
  });

  test.for(['SIGTERM', 'SIGKILL'] as const)(
    'is restarted by %s while an app runs: ENGINE_LOST, and all goes on once it is back',
    async (signal, { place }) => {
      const env = { DOCKER_HOST: engine.host };
      const push = place.start(['push', place.app, ...HELLO_WEB], { env });
      await push.says(`App ${place.app} started`);
      await engine.end(signal);
      const { exitCode, stderr } = await push.ended;
      expect(exitCode, stderr).toBe(1);
      expect(stderr).toMatch(/^FAILED \(ENGINE_LOST\)$/m);
      expect(stderr.match(/^FAILED/gm)).toHaveLength(1);
      expect(stderr).toContain('cfstage clean');
      expect((await place.succeed(['logs', place.app, '--recent'])).stdout).toContain(
        '[CELL/0] ERR The container engine went away',
      );
      expect((await place.succeed(['events', place.app])).stdout).toMatch(
        /audit\.app\.stop +cfstage +state: The container engine went away/,
      );

      await engine.startAgain();
      expect((await place.succeed(['apps'], { env })).stdout).toMatch(
        new RegExp(`^${place.app} +stopped`, 'm'),
      );
      await place.succeed(['clean'], { env });
      expect(await engine.containers()).toEqual([]);
      expect(await engine.networks()).toEqual([]);
      const again = place.start(['run', place.app, '--stack-policy', 'stand-in'], { env });
      await again.says(`App ${place.app} started`);
      expect(await again.end()).toMatchObject({ exitCode: 0 });
      expect(await engine.containers()).toEqual([]);
    },
  );
});
