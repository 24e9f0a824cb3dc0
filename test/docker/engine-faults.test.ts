import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stageApp } from '../../src/app/stage-app.ts';
import { openWorkbench } from '../../src/app/workbench.ts';
import { pushRequest, type StageRequest } from '../../src/app/request.ts';
import { makeTempDir } from '../../src/host/temp-dir.ts';
import { emitTo } from '../../src/logs/emitter.ts';
import type { Event } from '../../src/logs/event.ts';
import { PrivateEngine } from './support/private-engine.ts';

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
    await engine.kill();
    await expect(staging).rejects.toMatchObject({ code: 'ENGINE_LOST' });
  });
});
