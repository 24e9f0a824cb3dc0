import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StagingError } from '../../src/testing/index.ts';
import { type Deployment, type Platform } from '../../src/testing/index.ts';
import { verify } from '../../src/testing/assert.ts';
import { buildpack, fixture as path, recordedBuildpack } from '../docker/support/paths.ts';
import { dogfoodPlatform } from './platform.ts';

const HELLO = path('apps/hello-web');
const PROCFILE = buildpack('uses-the-procfile');
const SUPPLIES = recordedBuildpack('launch-yml-sidecar');
const SOON = { within: 2000 };
const LOG = 'The last lines of its log:\n';

let platform: Platform;
/** Runs, with a sidecar. */
let app: Deployment;
let staged: Deployment;
/** Has ended with 3 and is not started again. */
let crashed: Deployment;
let failure: StagingError;

beforeAll(async () => {
  platform = await dogfoodPlatform();
  const deploy = platform.deploy.withBuildpacks(PROCFILE);
  const failing = platform.deploy.withBuildpacks(recordedBuildpack('fails-to-finalize'));
  [app, staged, crashed, failure] = await Promise.all([
    platform.deploy.withBuildpacks(SUPPLIES, PROCFILE).execute('app', HELLO),
    deploy.stage('staged', HELLO),
    deploy.withoutRestarts().execute('crashed', HELLO),
    failing.stage('failing', HELLO).then(
      () => Promise.reject(new Error('It was staged')),
      (error: unknown) => error as StagingError,
    ),
  ]);
  await crashed.fetch('/exit/3');
  expect(await crashed.until(() => crashed.crashes.length > 0)).toBe(true);
});
afterAll(() => platform.close());

/** What a matcher says that fails. */
async function messageOf(fails: () => unknown): Promise<string> {
  try {
    await fails();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('It did not fail');
}

/** The same up to a log, which has other times, names and sequences every time. */
async function headOf(fails: () => unknown): Promise<string> {
  const message = await messageOf(fails);
  const [head = '', log = ''] = message.split(/(?<=The last lines of (?:its|the) log:\n)/);
  expect(log).toMatch(/^ {2}\[\w/);
  return head;
}

describe.concurrent('the message of toServe', () => {
  it('shows the answer, and all that is wrong with it', async () => {
    expect(await headOf(() => verify.toServe(app, 'goodbye', SOON))).toBe(
      `Expected app to serve / with status 200, a body with "goodbye" within 2000 ms

The body is another.
It answered 200 OK with:
  hello
${LOG}`,
    );
    const headers = { connection: 'keep-alive', 'x-frame-options': /DENY/ };
    expect(
      await headOf(() => verify.toServe(app, /^bye/, { path: '/a?b', status: 404, headers, ...SOON })),
    ).toBe(
      `Expected app to serve /a?b with status 404, a body with /^bye/, connection: "keep-alive", x-frame-options: /DENY/ within 2000 ms

The status was 200.
The header connection was "close".
There was no header x-frame-options.
The body is another.
It answered 200 OK with:
  hello
${LOG}`,
    );
  });

  it('with not shows the answer that goes on', async () => {
    expect(await headOf(() => verify.not.toServe(app, 'hello', SOON))).toBe(
      `Expected app not to serve / with status 200, a body with "hello" within 2000 ms

It answered 200 OK with:
  hello
${LOG}`,
    );
  });

  it('says that nobody answers, and why', async () => {
    for (const silent of [staged, crashed])
      expect(await headOf(() => verify.toServe(silent, 'hello', SOON))).toBe(
        `Expected ${silent.name} to serve / with status 200, a body with "hello" within 2000 ms

The app did not answer / within 2000 ms: no instance of web runs
There was no answer.
${LOG}`,
      );
    await verify.not.toServe(staged, 'hello', SOON);
  });
});

describe.concurrent('the message of toHaveSupplied', () => {
  it('shows what was supplied, or by whom it can have been', async () => {
    expect(await messageOf(() => verify.toHaveSupplied(app, 'bin/ruby'))).toBe(
      'Expected a buildpack to have supplied bin/ruby\n\nWhat was supplied, 1 file:\n  deps/0/launch.yml',
    );
    expect(await messageOf(() => verify.toHaveSupplied(app, 'bin/ruby', { buildpack: 'ruby' }))).toBe(
      `Expected the buildpack ruby to have supplied bin/ruby\n\nThere is no such buildpack; there are:\n  ${SUPPLIES}\n  ${PROCFILE}`,
    );
    expect(await messageOf(() => verify.toHaveSupplied(staged, 'bin/ruby'))).toBe(
      'Expected a buildpack to have supplied bin/ruby\n\nNo buildpack has supplied any file.',
    );
    expect(await messageOf(() => verify.not.toHaveSupplied(app, '*', { buildpack: SUPPLIES }))).toBe(
      `Expected the buildpack ${SUPPLIES} not to have supplied *\n\nIt is there:\n  deps/0/launch.yml`,
    );
  });
});

describe.concurrent('the message of toHaveProcess', () => {
  const all = 'It has:\n  worker: echo supplied worker; sleep 3600\n  web: perl server.pl';

  it('shows those that there are', async () => {
    expect(await messageOf(() => verify.toHaveProcess(app, 'clock'))).toBe(
      `Expected the droplet to have the process clock\n\n${all}`,
    );
    expect(await messageOf(() => verify.not.toHaveProcess(app, 'web', /perl/))).toBe(
      `Expected the droplet not to have the process web with the command /perl/\n\n${all}`,
    );
  });

  it('says that a string is a whole command where a part was given', async () => {
    expect(await messageOf(() => verify.toHaveProcess(app, 'web', 'perl'))).toBe(
      `Expected the droplet to have the process web with the command "perl"\n\n${all}

A string must be the whole command; give a RegExp for a part of it.`,
    );
  });
});

describe.concurrent('the message of toHaveSidecar', () => {
  const all =
    'It has:\n  agent of launch.yml: command "sleep 3600", processTypes ["web","worker"], memory 64';

  it('shows those that there are, with all that was asked for', async () => {
    expect(await messageOf(() => verify.toHaveSidecar(app, 'agents'))).toBe(
      `Expected the app to have the sidecar agents\n\n${all}`,
    );
    const wrong = { command: 'sleep', processTypes: ['web'], memory: 32 };
    expect(await messageOf(() => verify.toHaveSidecar(app, 'agent', wrong))).toBe(
      `Expected the app to have the sidecar agent with command "sleep", processTypes ["web"], memory 32\n\n${all}

A string must be the whole command; give a RegExp for a part of it.`,
    );
    expect(await messageOf(() => verify.not.toHaveSidecar(app, 'agent'))).toBe(
      `Expected the app not to have the sidecar agent\n\n${all}`,
    );
    expect(await messageOf(() => verify.toHaveSidecar(staged, 'agent'))).toBe(
      'Expected the app to have the sidecar agent\n\nIt has no sidecars.',
    );
  });
});

describe.concurrent('the message of toFailStaging', () => {
  it('shows the log of what was staged', async () => {
    const [head, log] = (await messageOf(() => verify.toFailStaging(staged))).split(/(?<=log:\n)/);
    expect(head).toBe('Expected the app to fail staging\n\nIt was staged. Its staging log:\n');
    expect(log).toMatch(/^ {2}Downloading .*\n[^]*\n {2}-----> First staging\n/);
  });

  it('shows how it failed, and what of that is another', async () => {
    const so = `It failed so:\n${failure.message
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n')}`;
    expect(await messageOf(() => verify.toFailStaging(failure, { phase: 'supply', log: ['broken'] }))).toBe(
      `Expected the app to fail staging with phase "supply", log ["broken"]

The phase was "finalize".
The staging log is another. None of them is in its ${failure.stagingLogs.lines.length} lines, which end with:
${failure.stagingLogs.messages
  .slice(-10)
  .map((line) => `    ${line}`)
  .join('\n')}
${so}`,
    );
    expect(await messageOf(() => verify.not.toFailStaging(failure, { phase: 'finalize' }))).toBe(
      `Expected the app not to fail staging with phase "finalize"\n\n${so}`,
    );
  });
});

describe.concurrent('the message of toExitWith', () => {
  const LOG_AFTER = 'The last lines of the log:\n';

  it('shows how it ended', async () => {
    const ended = `It exited with 3.\nAll exits:\n  web/0 exited with 3\n${LOG_AFTER}`;
    expect(await headOf(() => verify.toExitWith(crashed, 0))).toBe(`Expected web to exit with 0\n\n${ended}`);
    expect(await headOf(() => verify.not.toExitWith(crashed, 3))).toBe(
      `Expected web not to exit with 3\n\n${ended}`,
    );
  });

  it('says why it has not', async () => {
    const found = async (received: Deployment, process: string) =>
      await headOf(() => verify.toExitWith(received, 0, { process, within: 10 }));
    expect(await found(app, 'web')).toBe(`Expected web to exit with 0\n\nweb has not exited.\n${LOG_AFTER}`);
    expect(await found(app, 'agent')).toBe(
      `Expected agent to exit with 0\n\nagent has not exited.\n${LOG_AFTER}`,
    );
    expect(await found(app, 'clock')).toBe(
      `Expected clock to exit with 0\n\nclock has not exited: there is no such process, but web, worker, agent.\n${LOG_AFTER}`,
    );
    expect(await found(staged, 'web')).toBe(
      `Expected web to exit with 0\n\nweb has not exited: the app was not started.\n${LOG_AFTER}`,
    );
  });
});

describe.concurrent('the message of toBeHealthy', () => {
  it('shows the instances, or that there are none', async () => {
    expect(await messageOf(() => verify.toBeHealthy(crashed, SOON))).toBe(
      'Expected crashed to be healthy\n\nIts instances:\n  web/0 is crashed, crashed once, last: APP/PROC/WEB: Exited with status 3',
    );
    expect(await messageOf(() => verify.not.toBeHealthy(app, SOON))).toBe(
      'Expected app not to be healthy\n\nIts instances:\n  web/0 is running',
    );
    expect(await messageOf(() => verify.toBeHealthy(app, { process: 'clock', ...SOON }))).toBe(
      'Expected clock to be healthy\n\nIt has no instances; the app has the processes web, worker.',
    );
    expect(await messageOf(() => verify.toBeHealthy(staged, SOON))).toBe(
      'Expected staged to be healthy\n\nIt does not run: it was not started, or was stopped.',
    );
  });
});

describe.concurrent('the message of toStageWithin', () => {
  it('shows where the time went', async () => {
    const took = `It took ${staged.staging.durationMs} ms:\n${staged.phases
      .map(({ name, durationMs }) => `  ${durationMs} ms  bin/${name} of ${PROCFILE}`)
      .join('\n')}`;
    expect(await messageOf(() => verify.toStageWithin(staged, 1))).toBe(
      `Expected the app to stage within 1 ms\n\n${took}`,
    );
    expect(await messageOf(() => verify.not.toStageWithin(staged, 600_000))).toBe(
      `Expected the app not to stage within 600000 ms\n\n${took}`,
    );
  });
});

describe.concurrent('the message of toHaveUsedCache', () => {
  it('says that there was none, and what became of its files', async () => {
    expect(await messageOf(() => verify.toHaveUsedCache(app))).toBe(
      'Expected the app to have used its build cache\n\nThere was no cache: it was not staged before. Stage it again, with restage() or execute().',
    );
    const tool = platform.deploy.withBuildpacks(buildpack('installs-a-tool'), PROCFILE);
    await using first = await tool.stage('twice', HELLO);
    await using second = await tool.stage('twice', HELLO);
    expect(await messageOf(() => verify.toHaveUsedCache(first))).toMatch(/There was no cache/);
    expect(await messageOf(() => verify.not.toHaveUsedCache(second))).toMatch(
      /^Expected the app not to have used its build cache\n\nRestored from the staging before: 2 files\.\n1 of them were read:\n {2}\w+\/tool-1\.0\n0 of them were moved to the app or the dependencies\.\n1 of them were overwritten:\n {2}final\/staged-before\n0 of them were removed\.$/,
    );
  });
});
