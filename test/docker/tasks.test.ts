import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkbench } from '../../src/app/workbench.ts';
import { runTask } from '../../src/app/run-task.ts';
import { taskRequest } from '../../src/app/task-request.ts';
import { emitTo } from '../../src/logs/emitter.ts';
import type { Event } from '../../src/logs/event.ts';
import { MemorySink } from '../../src/logs/memory-sink.ts';
import { buildpack, fixture, recordedBuildpack } from './support/paths.ts';
import { HELLO_WEB, openWorkplace, STAND_IN, test, type Workplace } from './support/workplace.ts';

/** Messages of a log without their times. */
function messages(stdout: string): readonly string[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^ {3}\S+ /, ''));
}

/** Writes an app that the Procfile buildpack stages, and stages it. */
async function stageApp(place: Workplace, files: Readonly<Record<string, string>>, more: object = {}) {
  await Promise.all(Object.entries(files).map(([path, text]) => place.write(`app/${path}`, text)));
  const app = { name: place.app, path: 'app', buildpacks: [buildpack('uses-the-procfile')], ...more };
  const manifest = await place.write('manifest.yml', JSON.stringify({ applications: [app] }));
  await place.succeed(['stage', ...STAND_IN, '--manifest', manifest]);
}

describe('of an app that does not run', () => {
  let place: Workplace;
  let task: readonly string[];

  beforeAll(async () => {
    place = await openWorkplace();
    await stageApp(
      place,
      {
        Procfile: `web: perl server.pl\ntask: echo from the Procfile\nbatch: echo a batch with $MEMORY_LIMIT\n`,
        '.profile.d/one.sh': 'export FROM_PROFILE_D="$HOME of $DEPS_DIR"; echo sourcing profile.d',
        '.profile': 'export FROM_PROFILE="after $FROM_PROFILE_D"',
      },
      {
        memory: '256M',
        processes: [{ type: 'batch', memory: '96M' }],
        sidecars: [{ name: 'companion', process_types: ['web', 'task'], command: 'sleep infinity' }],
      },
    );
    task = ['run-task', place.app, ...STAND_IN];
  });

  afterAll(async () => {
    await place.close();
  });

  it('says what a cell and cf say, and ends with 0', async () => {
    const { stdout, stderr } = await place.succeed([...task, '--command', 'echo done', '--name', 'Say-it']);
    const [first = '', ...lines] = messages(stdout);
    const [, guid = ''] =
      /^\[CELL\/0\] OUT Cell cfstage creating container for instance (\S+)$/.exec(first) ?? [];
    expect(guid).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(lines).toEqual([
      `[CELL/0] OUT Cell cfstage successfully created container for instance ${guid}`,
      '[APP/TASK/Say-it/0] OUT Invoking pre-start scripts.',
      '[APP/TASK/Say-it/0] OUT sourcing profile.d',
      '[APP/TASK/Say-it/0] OUT Invoking start command.',
      '[APP/TASK/Say-it/0] OUT done',
      '[APP/TASK/Say-it/0] OUT Exit status 0',
      `[CELL/0] OUT Cell cfstage stopping instance ${guid}`,
      `[CELL/0] OUT Cell cfstage destroying container for instance ${guid}`,
      `[CELL/0] OUT Cell cfstage successfully destroyed container for instance ${guid}`,
    ]);
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(
        new RegExp(`^Creating task for app ${place.app} in org cfstage / space local as \\S+\\.\\.\\.$`),
      ) as string,
      expect.stringMatching(/^Warning: Using the stand-in/) as string,
      'Task has been submitted successfully for execution.',
      ...['OK', '', 'task name:   Say-it', ''],
      ...['Waiting for task to complete execution...', '', 'Task has completed successfully.', 'OK'],
    ]);
  });

  it("ends with the task's own exit code, and says why in Diego's words", async () => {
    const ended = await place.run([...task, '-c', 'echo to stderr >&2; exit 37', '--name', 'fails']);
    expect(ended).toMatchObject({ exitCode: 37 });
    expect(messages(ended.stdout)).toEqual(
      expect.arrayContaining(['[APP/TASK/fails/0] ERR to stderr', '[APP/TASK/fails/0] OUT Exit status 37']),
    );
    expect(ended.stderr).toContain(
      'Task failed to complete successfully: APP/TASK/fails: Exited with status 37\n',
    );
    expect(ended.stderr).toMatch(/^FAILED \(TASK_FAILED\)$/m);
  });

  it('is named by eight hexadecimal digits, each time others', async () => {
    const names = await Promise.all(
      ['one', 'two'].map(async (word) => {
        const { stdout } = await place.succeed([...task, '-c', `echo ${word}`]);
        return new RegExp(`\\[APP/TASK/([0-9a-f]{8})/0\\] OUT ${word}$`, 'm').exec(stdout)?.[1];
      }),
    );
    expect(names[0]).toBeDefined();
    expect(names[0]).not.toBe(names[1]);
  });

  it('takes the process type task of the Procfile', async () => {
    const { stdout } = await place.succeed([...task, '--name', 'unasked']);
    expect(messages(stdout)).toContain('[APP/TASK/unasked/0] OUT from the Procfile');
  });

  it("takes another process type with that one's memory", async () => {
    const { stdout } = await place.succeed([...task, '--process', 'batch', '--name', 'b', '--wait']);
    expect(messages(stdout)).toContain('[APP/TASK/b/0] OUT a batch with 96m');
  });

  it("sources the app's profile scripts", async () => {
    const { stdout } = await place.succeed([...task, '-c', 'echo "$FROM_PROFILE"', '--name', 'p']);
    expect(messages(stdout)).toContain('[APP/TASK/p/0] OUT after /home/vcap/app of /home/vcap/deps');
  });

  it('is the only process of its container, without sidecars, ports and checks', async () => {
    const command = 'ps -ewwo pid,ppid,user,args; echo seen; exec sleep infinity';
    const running = place.start([...task, '-c', command, '--name', 'alone', '--process', 'web']);
    await running.says('OUT seen');
    const [container, ...others] = await place.containers();
    expect(others).toEqual([]);
    expect(container?.labels).toMatchObject({ 'cfstage.role': 'task', 'cfstage.app': place.app });
    expect([...(container?.ports ?? [])]).toEqual([]);
    const { stdout } = await running.end();
    const started = messages(stdout).filter((line) => / OUT +\d+ +0 /.test(line));
    expect(started.map((line) => line.replace(/^.* OUT +\d+ +0 (\S+) +/, '$1 '))).toEqual([
      'root /bin/bash /tmp/lifecycle/init',
      `vcap bash -c ${command}`,
    ]);
    expect(stdout).not.toContain('SIDECAR');
    expect(stdout).not.toContain('health');
  });

  it('has the limits that were asked for', async () => {
    const limits = [
      'ulimit -n',
      'cat /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max',
      'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes',
    ];
    const { stdout } = await place.succeed([
      ...[...task, '-m', '80M', '--name', 'l', '-c', `(${limits.join('; ')}) 2>/dev/null; true`],
    ]);
    expect(messages(stdout).filter((line) => /OUT \d+$/.test(line))).toEqual(
      ['16384', '1024', String(80 * 1024 ** 2)].map((limit) => `[APP/TASK/l/0] OUT ${limit}`),
    );
  });

  it('says out of memory', async () => {
    const ended = await place.run([
      ...[...task, '-m', '64M', '--name', 'greedy', '-c', `exec perl -e 'my $x = "x" x (1024 ** 3)'`],
    ]);
    expect(ended).toMatchObject({ exitCode: 137 });
    expect(messages(ended.stdout)).toContain('[APP/TASK/greedy/0] OUT Exit status 137 (out of memory)');
    expect(ended.stderr).toContain('APP/TASK/greedy: Exited with status 137 (out of memory)');
  });

  it('ends when it writes more than its disk', async () => {
    const command = 'head -c 100M /dev/zero >zeros && exec sleep infinity';
    const ended = await place.run([...task, '-k', '48M', '--name', 'd', '-c', command]);
    expect(ended.exitCode).not.toBe(0);
    // The words of the engine's quota, or ours where it has none.
    expect(`${ended.stdout}${ended.stderr}`).toMatch(/Disk quota exceeded|No space left on device/);
    expect(ended.stderr).toMatch(/^FAILED \(TASK_FAILED\)$/m);
  });

  it('writes JSON lines and nothing else with --json', async () => {
    const ended = await place.run([...task, '-c', 'exit 4', '--name', 'j', '--json']);
    expect(ended).toMatchObject({ exitCode: 4, stderr: '' });
    const events = ended.stdout
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly type: string; readonly source?: string });
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'process-exited', source: 'APP/TASK/j/0', exitCode: 4 }),
    );
    expect(events.at(-1)).toMatchObject({ type: 'failed', code: 'TASK_FAILED', exitCode: 4 });
  });

  it('two at the same time do not disturb each other', async () => {
    const meet = (mine: string) =>
      place.start([...task, '--name', mine, '-c', `echo ${mine} is here; exec sleep infinity`]);
    const [left, right] = [meet('left'), meet('right')];
    await Promise.all([left.says('OUT left is here'), right.says('OUT right is here')]);
    expect(await place.containers()).toHaveLength(2);
    await left.end();
    expect(await place.containers()).toHaveLength(1);
    await right.end();
  });

  it('goes into the log of the app', async () => {
    await place.succeed([...task, '-c', 'echo remember me', '--name', 'logged']);
    const { stdout } = await place.succeed(['logs', place.app, '--recent']);
    expect(messages(stdout)).toContain('[APP/TASK/logged/0] OUT remember me');
  });

  it.each([
    {
      what: 'an unknown app',
      args: (app: string) => [`${app}-unknown`, '-c', 'true'],
      exitCode: 1,
      says: (app: string) => `App '${app}-unknown' not found`,
      code: 'APP_NOT_FOUND',
    },
    {
      what: 'an unknown process type',
      args: (app: string) => [app, '--process', 'nope'],
      exitCode: 1,
      says: () => 'Process nope not found',
      code: 'START_COMMAND_MISSING',
    },
    {
      what: 'too much disk',
      args: (app: string) => [app, '-c', 'true', '-k', '3G'],
      exitCode: 2,
      says: () => 'Cannot request disk_in_mb greater than 2048',
      code: 'USAGE',
    },
    {
      what: 'memory without a unit',
      args: (app: string) => [app, '-c', 'true', '-m', '64'],
      exitCode: 2,
      says: () => 'Byte quantity must be an integer with a unit of measurement like M, MB, G, or GB',
      code: 'USAGE',
    },
    {
      what: 'a command that is too long',
      args: (app: string) => [app, '-c', 'x'.repeat(4097)],
      exitCode: 2,
      says: () => 'command must be shorter than 4097 characters',
      code: 'USAGE',
    },
    {
      what: 'a services file that is not there',
      args: (app: string) => [app, '-c', 'true', '--services', 'none.yml'],
      exitCode: 1,
      says: () => 'none.yml',
      code: 'SERVICES_INVALID',
    },
    {
      what: 'a file of certificates that is none',
      args: (app: string) => [app, '-c', 'true', '--ca-cert', 'app/Procfile'],
      exitCode: 1,
      says: () => 'holds no CERTIFICATE block',
      code: 'CA_CERT_INVALID',
    },
  ])('refuses $what', async ({ args, exitCode, says, code }) => {
    const ended = await place.run(['run-task', ...args(place.app), ...STAND_IN]);
    expect(ended).toMatchObject({ exitCode, stdout: '' });
    expect(ended.stderr).toContain(says(place.app));
    expect(ended.stderr).toMatch(new RegExp(`^FAILED \\(${code}\\)$`, 'm'));
    expect(ended.stderr).not.toMatch(/^ +at /m);
    expect(await place.containers()).toEqual([]);
  });
});

test('an app whose staging failed has no droplet', async ({ place }) => {
  const failing = [
    '--path',
    fixture('apps/hello-web'),
    '--buildpack',
    recordedBuildpack('fails-to-finalize'),
  ];
  expect(await place.run(['stage', place.app, ...STAND_IN, ...failing])).toMatchObject({ exitCode: 223 });
  const ended = await place.run(['run-task', place.app, ...STAND_IN, '-c', 'true']);
  expect(ended).toMatchObject({ exitCode: 1, stdout: '' });
  expect(ended.stderr).toContain(
    'Task must have a droplet. Specify droplet or assign current droplet to app.\n',
  );
  expect(ended.stderr).toMatch(/^FAILED \(DROPLET_INVALID\)$/m);
});

test('an app without a process type task needs a command', async ({ place }) => {
  await place.succeed(['stage', place.app, ...HELLO_WEB]);
  const ended = await place.run(['run-task', place.app, ...STAND_IN]);
  expect(ended).toMatchObject({ exitCode: 1, stdout: '' });
  expect(ended.stderr).toContain('Process task not found\n');
  expect(ended.stderr).toContain('with --process one of: web.');
});

describe('an interruption', () => {
  let place: Workplace;

  beforeAll(async () => {
    place = await openWorkplace();
    await place.succeed(['stage', place.app, ...HELLO_WEB]);
  });

  afterAll(async () => {
    await place.close();
  });

  it.each([
    { signal: 'SIGINT', exitCode: 130 },
    { signal: 'SIGTERM', exitCode: 143 },
    { signal: 'SIGHUP', exitCode: 129 },
  ] as const)('$signal in the middle is a SIGTERM to the task', async ({ signal, exitCode }) => {
    const command = `trap 'echo cleaning up; exit 5' TERM; echo in the middle; while :; do sleep 0.05; done`;
    const task = place.start(['run-task', place.app, ...STAND_IN, '-c', command, '--name', 'i']);
    await task.says('OUT in the middle');
    const ended = await task.end(signal);
    expect(ended).toMatchObject({ exitCode });
    const cell = (doing: string) =>
      expect.stringMatching(new RegExp(`^\\[CELL/0\\] OUT Cell cfstage ${doing} `)) as string;
    expect(messages(ended.stdout).slice(-6)).toEqual([
      '[APP/TASK/i/0] OUT in the middle',
      cell('stopping instance'),
      '[APP/TASK/i/0] OUT cleaning up',
      '[APP/TASK/i/0] OUT Exit status 5',
      cell('destroying container'),
      cell('successfully destroyed container'),
    ]);
    expect(ended.stderr).toMatch(/^FAILED \(INTERRUPTED\)$/m);
    expect(await place.containers()).toEqual([]);
  });

  it('kills a task that does not heed it after ten seconds', async () => {
    const command = `trap '' TERM; echo deaf; while :; do sleep 0.2; done`;
    const task = place.start(['run-task', place.app, ...STAND_IN, '-c', command, '--name', 'deaf']);
    await task.says('OUT deaf');
    const ended = await task.end('SIGINT');
    expect(ended).toMatchObject({ exitCode: 130 });
    expect(messages(ended.stdout)).toContain(
      '[APP/TASK/deaf/0] OUT Exit status 137 (exceeded 10s graceful shutdown interval)',
    );
    expect(await place.containers()).toEqual([]);
  });

  it('while its container is being made leaves nothing', async () => {
    const task = place.start(['run-task', place.app, ...STAND_IN, '-c', 'exec sleep infinity']);
    await task.says('creating container for instance');
    expect(await task.end('SIGINT')).toMatchObject({ exitCode: 130 });
    expect(await place.containers()).toEqual([]);
  });

  it('by kill -9 leaves a container that the next task removes', async () => {
    const forEver = ['run-task', place.app, ...STAND_IN, '-c', 'echo begun; exec sleep infinity'];
    const killed = place.start(forEver);
    await killed.says('OUT begun');
    await killed.end('SIGKILL');
    expect(await place.containers()).toHaveLength(1);
    await place.succeed(['run-task', place.app, ...STAND_IN, '-c', 'true']);
    expect(await place.containers()).toEqual([]);
  });
});

test('a task beside a running app does not touch it, and sees the same droplet', async ({ place }) => {
  const push = await place.pushHelloWeb('--env', 'GREETING=hello');
  const command = 'echo "$GREETING from $(ls)"; [ -z "$PORT" ]';
  const { stdout } = await place.succeed(['run-task', place.app, ...STAND_IN, '-c', command, '--name', 'b']);
  expect(messages(stdout)).toContain('[APP/TASK/b/0] OUT hello from Procfile');
  expect(messages(stdout)).toContain('[APP/TASK/b/0] OUT server.pl');
  expect(await (await fetch(await push.url())).text()).toBe('hello');
  const apps = await place.succeed(['apps', '--json']);
  expect(JSON.parse(apps.stdout)).toEqual([expect.objectContaining({ name: place.app, state: 'started' })]);

  const task = place.start(['run-task', place.app, ...STAND_IN, '-c', 'echo on; exec sleep infinity']);
  await task.says('OUT on');
  expect(await push.end()).toMatchObject({ exitCode: 0 });
  expect(task.isLive, 'when its app stops').toBe(true);
  await task.end();
});

test('delete cancels the tasks of the app', async ({ place }) => {
  await place.succeed(['stage', place.app, ...HELLO_WEB]);
  const command = `trap 'echo asked to end; exit 0' TERM; echo begun; while :; do sleep 0.05; done`;
  const task = place.start(['run-task', place.app, ...STAND_IN, '-c', command, '--name', 'c']);
  await task.says('OUT begun');
  await place.succeed(['delete', place.app]);
  const ended = await task.ended;
  expect(ended).toMatchObject({ exitCode: 1 });
  expect(messages(ended.stdout)).toContain('[APP/TASK/c/0] OUT asked to end');
  expect(ended.stderr).toContain('Task failed to complete successfully: task was cancelled\n');
});

test('a program runs a task; one that fails is an outcome, an aborted one an exception', async ({
  place,
}) => {
  await place.succeed(['stage', place.app, ...HELLO_WEB]);
  const memory = new MemorySink();
  const workbench = await openWorkbench(process.env, place.home, emitTo([memory]));
  const request = (command: string) =>
    taskRequest({ cwd: place.root, stackPolicy: 'stand-in', name: 'lib', command });
  const { signal } = new AbortController();
  expect(await runTask(place.app, request('true'), workbench, signal)).toEqual({ name: 'lib', exitCode: 0 });
  expect(await runTask(place.app, request('exit 9'), workbench, signal)).toEqual({
    name: 'lib',
    exitCode: 9,
    failureReason: 'APP/TASK/lib: Exited with status 9',
  });
  const enough = new AbortController();
  const abortWhenBegun = {
    write: (event: Event) => {
      if (event.type === 'log' && event.message === 'begun') enough.abort();
      return undefined;
    },
  };
  const aborting = await openWorkbench(process.env, place.home, emitTo([abortWhenBegun]));
  await expect(
    runTask(place.app, request('echo begun; exec sleep infinity'), aborting, enough.signal),
  ).rejects.toMatchObject({ code: 'INTERRUPTED' });
  await expect(
    runTask(place.app, request('true'), workbench, AbortSignal.abort()),
    'before it begins',
  ).rejects.toMatchObject({ code: 'INTERRUPTED' });
});
