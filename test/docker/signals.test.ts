import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { buildpack } from './support/paths.ts';
import type { Running } from './support/running.ts';
import { HELLO_WEB, STAND_IN, test, type Workplace } from './support/workplace.ts';

const SIGNALS = [
  { signal: 'SIGINT', exitCode: 130 },
  { signal: 'SIGTERM', exitCode: 143 },
  { signal: 'SIGHUP', exitCode: 129 },
] as const;

/** Points in the life of a push, each by what the log says when it is reached. */
const MOMENTS: readonly {
  readonly name: string;
  readonly start: (place: Workplace) => Promise<Running> | Running;
  readonly says: string;
}[] = [
  {
    name: 'before there is a container',
    start: (place) => place.start(['push', place.app, ...HELLO_WEB]),
    says: 'Using the stand-in',
  },
  {
    name: 'while a container is being created',
    start: (place) => place.start(['push', place.app, ...HELLO_WEB]),
    says: 'creating container for instance',
  },
  {
    name: 'while a larger app is uploaded',
    start: pushLargeApp,
    says: 'Downloading app package...',
  },
  {
    name: 'during supply',
    start: (place) =>
      place.start(['push', place.app, '--buildpack', buildpack('waits-in-supply'), ...HELLO_WEB]),
    says: '-----> Waiting for ever',
  },
  {
    name: 'while the app starts',
    start: (place) =>
      place.start(['push', place.app, ...HELLO_WEB, '--start-command', 'echo idle; exec sleep 600']),
    says: '[APP/PROC/WEB/0] OUT idle',
  },
];

describe.for(MOMENTS)('$name', ({ start, says }) => {
  test.for(SIGNALS)(
    '$signal ends with $exitCode and leaves nothing',
    async ({ signal, exitCode }, { place }) => {
      const push = await start(place);
      await push.says(says);
      const ended = await push.end(signal);
      expect(ended).toMatchObject({ exitCode });
      expect(ended.stderr).toContain('FAILED (INTERRUPTED)');
      expect(await place.containers()).toEqual([]);
    },
  );
});

test.for(SIGNALS)('$signal stops a running app, which is no failure', async ({ signal }, { place }) => {
  const push = await place.pushHelloWeb();
  const { exitCode, stdout, stderr } = await push.end(signal);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('[APP/PROC/WEB/0] OUT Exit status 143');
  expect(stderr).toContain(`App ${place.app} stopped`);
});

/** Some 60 MB that do not compress to nothing. */
async function pushLargeApp(place: Workplace): Promise<Running> {
  const folder = join(place.root, 'large');
  await mkdir(folder);
  const megabyte = Buffer.from(Array.from({ length: 1024 ** 2 }, (_, i) => (i * 7919) % 251));
  await Promise.all(Array.from({ length: 60 }, (_, i) => writeFile(join(folder, `part-${i}`), megabyte)));
  const app = ['--path', folder, '--buildpack', buildpack('uses-the-procfile')];
  return place.start(['push', place.app, ...STAND_IN, ...app]);
}
