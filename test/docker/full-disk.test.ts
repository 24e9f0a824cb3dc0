import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { fixture, buildpack } from './support/paths.ts';
import { HELLO_WEB, STAND_IN, test } from './support/workplace.ts';

const SIZE_MB = 2;

test('a full disk is DISK_FULL and leaves the previous droplet as it was', async ({ place }) => {
  const disk = join(place.root, 'disk');
  await mkdir(disk);
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', disk]);
  try {
    const env = { CFSTAGE_HOME: disk };
    await place.succeed(['push', place.app, ...HELLO_WEB, '--no-start'], { env });
    const folder = join(disk, 'apps', place.app);
    const before = await readFile(join(folder, 'app.json'), 'utf8');

    const large = join(place.root, 'large');
    await mkdir(large);
    await writeFile(join(large, 'Procfile'), await readFile(fixture('apps/hello-web/Procfile')));
    await writeFile(join(large, 'ballast'), Buffer.alloc((SIZE_MB + 1) * 1024 ** 2, 'x'));
    for (const command of [['push'], ['push', '--no-start'], ['stage']]) {
      const app = [place.app, ...STAND_IN, '--path', large, '--buildpack', buildpack('uses-the-procfile')];
      const { exitCode, stderr } = await place.run([...command, ...app], { env });
      expect({ command, exitCode, stderr }).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('FAILED (DISK_FULL)') as string,
      });
      expect(stderr).toContain('There is no space left to write');
      expect(stderr).not.toMatch(/^ +at /m);
      expect(await place.containers()).toEqual([]);
      expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    }
    expect(await readFile(join(folder, 'app.json'), 'utf8')).toBe(before);

    const run = place.start(['run', place.app, '--stack-policy', 'stand-in'], { env });
    expect(await (await fetch(await run.url())).text()).toBe('hello');
    await run.end();
  } finally {
    await execa('umount', ['-l', disk]);
  }
});
