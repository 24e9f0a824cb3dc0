import { expect } from 'vitest';
import { buildpack, fixture, recordedBuildpack } from './support/paths.ts';
import { HELLO_WEB, STAND_IN, test, type Workplace } from './support/workplace.ts';

test('an app that ends takes its sidecar with it, by SIGTERM', async ({ place }) => {
  const manifest = await place.write(
    'manifest.yml',
    `applications:
- name: ${place.app}
  path: ${fixture('apps/hello-web')}
  buildpacks: [${buildpack('uses-the-procfile')}]
  sidecars:
  - name: companion
    process_types: [web]
    command: trap 'echo companion was asked to end; exit 0' TERM; echo companion is up; while :; do sleep 0.05; done
`,
  );
  const push = place.start(['push', ...STAND_IN, '--no-restart', '--manifest', manifest]);
  const url = await push.url();
  await push.says('[APP/PROC/WEB/SIDECAR/COMPANION/0] OUT companion is up');
  await fetch(`${url}/exit/7`);
  const { exitCode, stdout, stderr } = await push.ended;
  expect(exitCode).toBe(1);
  expect(stdout).toContain('[APP/PROC/WEB/0] OUT Exit status 7');
  expect(stdout).toContain('[APP/PROC/WEB/SIDECAR/COMPANION/0] OUT companion was asked to end');
  expect(stdout).toContain('[APP/PROC/WEB/SIDECAR/COMPANION/0] OUT Exit status 0');
  expect(stderr).toContain(`App ${place.app} crashed: APP/PROC/WEB: Exited with status 7`);
  expect(stderr).toContain('FAILED (APP_CRASHED)');
});

test('a sidecar that ends, even with status 0, takes the app with it', async ({ place }) => {
  const manifest = await place.write(
    'manifest.yml',
    `applications:
- name: ${place.app}
  path: ${fixture('apps/hello-web')}
  buildpacks: [${buildpack('uses-the-procfile')}]
  sidecars: [{ name: companion, process_types: [web], command: tail -f /dev/null }]
`,
  );
  const push = place.start(['push', ...STAND_IN, '--no-restart', '--manifest', manifest]);
  await push.url();
  await place.succeed(['ssh', place.app, '-c', 'pkill -TERM tail']);
  const { exitCode, stdout, stderr } = await push.ended;
  expect(exitCode).toBe(1);
  expect(stdout).toContain('[APP/PROC/WEB/0] OUT Exit status 143');
  expect(stderr).toContain('crashed: APP/PROC/WEB/SIDECAR/COMPANION: Exited with status 143');
});

test.for([
  {
    what: 'an app that ends while it starts',
    flags: ['--start-command', 'echo about to end; exit 3'],
    code: 'APP_CRASHED',
    says: 'crashed while it was starting: APP/PROC/WEB: Exited with status 3',
  },
  {
    what: 'an app that listens on 127.0.0.1 only',
    flags: ['--start-command', 'exec perl server.pl 127.0.0.1', '--app-start-timeout', '2'],
    code: 'START_TIMEOUT',
    says: 'The app must listen on 0.0.0.0',
  },
  {
    what: 'an app without a start command',
    flags: ['--path', fixture('apps/no-start-command')],
    code: 'START_COMMAND_MISSING',
    says: 'Start command not specified',
  },
])('$what fails with $code', async ({ flags, code, says }, { place }) => {
  const ended = await place.run(['push', place.app, ...HELLO_WEB, '--no-restart', ...flags]);
  expect(ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(says) as string });
  expect(ended.stderr).toMatch(new RegExp(`^FAILED \\(${code}\\)$`, 'm'));
  expect(ended.stderr).not.toMatch(/^ +at /m);
});

/** Pushes an app with one sidecar, has the app end when the sidecar is up, and answers the log. */
async function endWithSidecar(place: Workplace, name: string, command: string): Promise<string> {
  const manifest = await place.write(
    'manifest.yml',
    JSON.stringify({
      applications: [
        {
          name: place.app,
          path: fixture('apps/hello-web'),
          buildpacks: [buildpack('uses-the-procfile')],
          sidecars: [{ name, process_types: ['web'], command }],
        },
      ],
    }),
  );
  const push = place.start(['push', ...STAND_IN, '--no-restart', '--manifest', manifest]);
  const url = await push.url();
  await push.says(`OUT ${name} is up`);
  await fetch(`${url}/exit/7`);
  const { exitCode, stdout } = await push.ended;
  expect(exitCode).toBe(1);
  return stdout;
}

test('what ignores SIGTERM is killed after 10 seconds, and the log says so', async ({ place }) => {
  const deaf = `trap '' TERM; echo deaf is up; while :; do sleep 0.1; done`;
  expect(await endWithSidecar(place, 'deaf', deaf)).toContain(
    '[APP/PROC/WEB/SIDECAR/DEAF/0] OUT Exit status 137 (exceeded 10s graceful shutdown interval)',
  );
});

test('what is busy until it ends is given these 10 seconds', async ({ place }) => {
  // It falls asleep and wakes up ten thousand times a second, as whoever looks at it may see.
  const finish =
    '$end = time + 8; select undef, undef, undef, 0.00005 while time < $end; print "finished\\n"; exit 3';
  const busy = `perl -e '$| = 1; $SIG{TERM} = sub { ${finish} }; print "busy is up\\n"; sleep 1 while 1'`;
  const log = await endWithSidecar(place, 'busy', busy);
  expect(log).toContain('[APP/PROC/WEB/SIDECAR/BUSY/0] OUT finished');
  expect(log).toMatch(/\[APP\/PROC\/WEB\/SIDECAR\/BUSY\/0\] OUT Exit status 3$/m);
});

test("a sidecar of the manifest with the name of a buildpack's is refused in the words of cf", async ({
  place,
}) => {
  const manifest = await place.write(
    'manifest.yml',
    JSON.stringify({
      applications: [
        {
          name: place.app,
          path: fixture('apps/hello-web'),
          buildpacks: [recordedBuildpack('launch-yml-sidecar'), buildpack('uses-the-procfile')],
          sidecars: [{ name: 'agent', process_types: ['web'], command: 'sleep 1000' }],
        },
      ],
    }),
  );
  const { exitCode, stderr } = await place.run(['push', ...STAND_IN, '--manifest', manifest]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(
    "Buildpack defined sidecar 'agent' conflicts with an existing user-defined sidecar. Consider renaming 'agent'.",
  );
  expect(stderr).toMatch(/^FAILED \(SIDECAR_CONFLICT\)$/m);
});
