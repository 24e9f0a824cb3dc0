import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pushRequest, type StageRequest } from '../../src/app/request.ts';
import { stageApp } from '../../src/app/stage-app.ts';
import { openWorkbench } from '../../src/app/workbench.ts';
import { makeTempDir } from '../../src/host/temp-dir.ts';
import { stagingError } from '../../src/lifecycle/exit-codes.ts';
import { emitTo } from '../../src/logs/emitter.ts';
import { MemorySink } from '../../src/logs/memory-sink.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

function request(app: string, buildpacks: readonly string[], more: Partial<StageRequest> = {}): StageRequest {
  return pushRequest({
    cwd: FIXTURES,
    appName: app,
    path: join(FIXTURES, 'conformance/apps/simple'),
    overrides: { buildpacks, stack: 'cflinuxfs4' },
    localBuildpacks: new Map(buildpacks.map((name) => [name, join(FIXTURES, 'buildpacks', name)])),
    stackPolicy: 'stand-in',
    stagingTimeoutSeconds: 60,
    ...more,
  });
}

async function stage(asked: StageRequest) {
  await using home = await makeTempDir('limits');
  const memory = new MemorySink();
  const workbench = await openWorkbench(process.env, home.path, emitTo([memory]));
  try {
    return { outcome: await stageApp(asked, workbench, AbortSignal.timeout(90_000)), logs: memory.logs };
  } finally {
    const left = await workbench.cell.engine.listContainers({ 'cfstage.app': asked.appName ?? '' });
    expect(left.map(({ name }) => name)).toEqual([]);
  }
}

describe('a staging that hits a limit', () => {
  it('says out of memory, which hides the exit code from Cloud Controller', async () => {
    const { outcome, logs } = await stage(request('limit-memory', ['eats-memory']));
    expect(outcome.failure).toMatchObject({ exitCode: 223, outOfMemory: true });
    if (outcome.failure === undefined) return;
    expect(logs.map(({ message }) => message)).toContain('Exit status 223 (out of memory)');
    const error = stagingError(outcome.failure.failure, outcome.failure.outOfMemory);
    expect(error.message).toBe('Error staging application: StagingError - Staging error: staging failed');
  });

  it('ends when it writes more than its disk', async () => {
    await expect(stage(request('limit-disk', ['fills-the-disk']))).rejects.toMatchObject({
      code: 'STAGING_FAILED',
      message: expect.stringContaining('more than 4096M written') as string,
    });
  });

  it('ends when it takes longer than it may, in the words of cf push', async () => {
    const late = request('limit-time', ['waits-in-supply', 'prints-its-limits'], {
      stagingTimeoutSeconds: 3,
    });
    await expect(stage(late)).rejects.toMatchObject({
      code: 'STAGING_TIMEOUT',
      message: 'Error staging application limit-time: timed out after 0.05 minute(s)',
    });
  });

  it('may open 16384 files and have 1024 processes, and no more', async () => {
    const { outcome, logs } = await stage(request('limit-counts', ['prints-its-limits']));
    expect(outcome.failure).toBeUndefined();
    const said = logs.map(({ message }) => message);
    expect(said).toContain('nofile 16384 16384');
    expect(said).toContain('pids 1024');
    expect(said).toContain('memory 1073741824');
  });
});
