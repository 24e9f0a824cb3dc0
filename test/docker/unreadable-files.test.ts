import { expect } from 'vitest';
import { buildpack, fixture } from './support/paths.ts';
import { STAND_IN, test } from './support/workplace.ts';

test.for([
  {
    name: 'locks-an-app-file',
    lines: [
      "[STG/0] ERR cp: cannot open '/tmp/app/secret' for reading: Permission denied",
      '[STG/0] ERR Failed to copy compiled droplet: exit status 1',
    ],
  },
  {
    name: 'locks-a-dependency',
    lines: [
      '[STG/0] ERR Failed to compress droplet filesystem: tar: ./deps/0/secret: Cannot open: Permission denied',
      '[STG/0] ERR tar: Exiting with failure status due to previous errors',
      '[STG/0] ERR : exit status 2',
    ],
  },
])(
  'a buildpack that $name fails the staging in the words of cp and tar',
  async ({ name, lines }, { place }) => {
    const flags = ['--path', fixture('apps/hello-web'), '--buildpack', buildpack(name)];
    const { exitCode, stdout } = await place.run(['stage', place.app, ...STAND_IN, ...flags]);
    expect(exitCode).toBe(1);
    for (const line of lines) expect(stdout).toContain(line);
    expect(stdout).toContain('[STG/0] OUT Exit status 1');
  },
);
