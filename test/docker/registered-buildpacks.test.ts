import { chmod } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { buildpack, fixture, recordedBuildpack } from './support/paths.ts';
import { STAND_IN, test, type Workplace } from './support/workplace.ts';

async function names(place: Workplace): Promise<string[]> {
  const { stdout } = await place.succeed(['buildpacks', '--json']);
  return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
}

describe('registered buildpacks', () => {
  test('are listed in their order, and forgotten', async ({ place }) => {
    expect((await place.succeed(['buildpacks'])).stdout).toBe('No buildpacks found');
    await place.succeed(['create-buildpack', 'marker', recordedBuildpack('detects-marker')]);
    await place.succeed(['create-buildpack', 'procfile', buildpack('uses-the-procfile')]);
    await place.succeed(['create-buildpack', 'never', recordedBuildpack('never-detects'), '2']);
    expect(await names(place)).toEqual(['procfile', 'never', 'marker']);
    await place.succeed(['delete-buildpack', 'procfile']);
    expect(await names(place)).toEqual(['never', 'marker']);
    const again = await place.run(['delete-buildpack', 'procfile']);
    expect(again).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('FAILED (BUILDPACK_UNKNOWN)') as string,
    });
  });

  test('are detected among when an app names none', async ({ place }) => {
    await place.succeed(['create-buildpack', 'procfile', buildpack('uses-the-procfile')]);
    await place.succeed(['create-buildpack', 'never', recordedBuildpack('never-detects'), '1']);
    const { stdout } = await place.succeed([
      'push',
      place.app,
      ...STAND_IN,
      '--no-start',
      '--path',
      fixture('apps/hello-web'),
    ]);
    expect(stdout).toContain('[STG/0] ERR never');
    expect(stdout).toContain('[STG/0] OUT -----> First staging');
    const apps = await place.succeed(['apps', '--json']);
    expect(JSON.parse(apps.stdout)).toContainEqual(
      expect.objectContaining({ name: place.app, buildpacks: ['procfile'] }),
    );
  });

  test('are used by name, live from their directory', async ({ place }) => {
    const script = async (name: string, line: string) => {
      await chmod(await place.write(`mine/bin/${name}`, `#!/bin/bash\n${line}\n`), 0o755);
    };
    await script('release', "echo '--- {}'");
    await script('finalize', 'echo first version');
    await place.succeed(['create-buildpack', 'mine', `${place.root}/mine`]);
    const stage = ['stage', place.app, ...STAND_IN, '--path', fixture('apps/hello-web'), '-b', 'mine'];
    expect((await place.succeed(stage)).stdout).toContain('[STG/0] OUT first version');
    await script('finalize', 'echo second version');
    expect((await place.succeed(stage)).stdout).toContain('[STG/0] OUT second version');
  });
});
