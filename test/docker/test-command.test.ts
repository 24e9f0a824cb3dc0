import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'junit2json';
import { describe, expect } from 'vitest';
import type { TestRun } from '../../src/report/test-run.ts';
import { connectEngine } from '../../src/engine/connect.ts';
import type { ContainerSummary } from '../../src/engine/engine.ts';
import { buildpack, fixture, ROOT } from './support/paths.ts';
import { STAND_IN, test, type Workplace } from './support/workplace.ts';

const engine = await connectEngine(process.env);

/** Containers of an app whose name begins so. */
async function containersOf(prefix: string): Promise<readonly ContainerSummary[]> {
  const all = await engine.listContainers({ cfstage: '' });
  return all.filter(({ labels }) => labels['cfstage.app']?.startsWith(prefix));
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
  }
}

async function readRun(place: Workplace): Promise<TestRun> {
  return JSON.parse(await readFile(join(place.root, 'out/run.json'), 'utf8')) as TestRun;
}

/** All reports, below `out`. */
const REPORTS = ['--json', 'out/run.json', '--junit', 'out/junit.xml', '--html', 'out/report.html'];
const HELLO = `app: ${fixture('apps/hello-web')}\nbuildpacks: [${buildpack('uses-the-procfile')}]\nstack: cflinuxfs4\n`;

test("the project's own specs pass, with a line each and a JUnit file", async ({ place }) => {
  const junit = join(place.root, 'junit.xml');
  const { stdout } = await place.succeed(['test', 'test/specs', ...STAND_IN, '--junit', junit], {
    cwd: ROOT,
  });
  expect(stdout.split('\n').filter((line) => line.startsWith('✓')).length).toBe(7);
  expect(stdout).toMatch(/\n7 scenarios: 7 passed in /);
  expect(await parse(await readFile(junit, 'utf8'))).toMatchObject({
    tests: 7,
    failures: 0,
    errors: 0,
    testsuite: [
      { name: 'test/specs/procfile.cfstage.yml', tests: 5 },
      { name: 'test/specs/rubyapp.cfstage.yml', tests: 2 },
    ],
  });
  expect(await containersOf('the-app-gets')).toEqual([]);
});

describe('scenarios that do not pass', () => {
  test('are told with their places, leave artefacts, and a container if that is asked for', async ({
    place,
  }) => {
    await place.write(
      'bad.cfstage.yml',
      `${HELLO}scenarios:
  - name: Says goodbye
    steps:
      - start
      - request: /
        expect: { response: goodbye }
      - stop
    processes: { web: 1 }
  - name: has no supply
    buildpacks: [${buildpack('uses-the-procfile')}, ${buildpack('uses-the-procfile')}]
    steps: [stage, start]
  - name: waits for ever
    buildpacks: [${buildpack('waits-in-supply')}, ${buildpack('uses-the-procfile')}]
    timeout: 4s
    steps: [stage]
  - name: floods its log
    app: ${fixture('apps/floods')}
    env: { OUT_LINES: 50000 }
    health-check: { type: process }
    steps:
      - start
      - expect: { log: { lines: no such line, within: 2s } }
`.replaceAll('- request: /\n', '- request: { path: /, within: 1s }\n'),
    );
    const flags = [...STAND_IN, ...REPORTS, '--artifacts', 'out/left', '--keep', 'failed', '--github'];
    const { exitCode, stdout } = await place.run(['test', ...flags]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/\n4 scenarios: 2 failed, 1 staging error, 1 timeout in /);
    expect(stdout).toContain("bad.cfstage.yml:9:9\n    The answer does not hold 'goodbye'\n    hello");
    expect(stdout).toContain(
      "::error file=bad.cfstage.yml,line=9,col=9,title=Says goodbye%3A failed::The answer does not hold 'goodbye'%0Ahello",
    );
    expect(stdout).toContain("The scenario took longer than 4 s, in the step 'stage'");

    const { scenarios } = await readRun(place);
    expect(scenarios.map(({ outcome }) => outcome)).toEqual(['failed', 'staging-error', 'timeout', 'failed']);
    expect(scenarios[1]?.failure).toMatchObject({ code: 'STAGING_FAILED', at: { line: 14, column: 13 } });
    expect(scenarios[0]?.steps.map(({ title, outcome }) => `${title}: ${outcome}`)).toEqual([
      'start: passed',
      'request GET /: passed',
      'expect response: failed',
      'stop: skipped',
      'clean up: passed',
    ]);
    expect(await parse(await readFile(join(place.root, 'out/junit.xml'), 'utf8'))).toMatchObject({
      failures: 2,
      errors: 2,
    });
    expect(await readFile(join(place.root, 'out/report.html'), 'utf8')).toContain('Not all passed');

    const left = join(place.root, 'out/left');
    const text = async (file: string) => await readFile(join(left, file), 'utf8');
    expect((await readdir(left)).sort()).toEqual([
      'floods-its-log',
      'has-no-supply',
      'says-goodbye',
      'waits-for-ever',
    ]);
    expect((await readdir(join(left, 'says-goodbye'))).sort()).toEqual([
      'container-1-app.json',
      'deps.txt',
      'droplet.txt',
      'failure.txt',
      'log.txt',
      'plan.txt',
      'result.json',
      'staging.log',
    ]);
    expect(await text('says-goodbye/droplet.txt')).toMatch(/ app\/server\.pl$/m);
    expect(await text('says-goodbye/staging.log')).toContain('-----> First staging');
    expect(await text('says-goodbye/plan.txt')).toContain('Staging of says-goodbye-');
    expect(JSON.parse(await text('says-goodbye/result.json'))).toMatchObject({
      process_types: { web: 'perl server.pl' },
    });
    expect(await text('waits-for-ever/staging.log')).toContain('-----> Waiting for ever');
    expect(await text('waits-for-ever/deps.txt')).toContain(' deps/0');
    expect(await text('waits-for-ever/failure.txt')).toContain(
      'bad.cfstage.yml:18:13: The scenario took longer',
    );
    expect((await stat(join(left, 'floods-its-log/log.txt'))).size).toBeLessThan(2_000_000);
    expect(scenarios[3]?.log.leftOut).toBeGreaterThan(0);

    // Each is left in a state to be entered, and what an app has left is there.
    for (const { enter = '', app } of scenarios) {
      const [, name = ''] = /^docker exec -it -u vcap (\S+) bash$/.exec(enter) ?? [];
      const [container] = (await containersOf(app)).filter((one) => one.name === name);
      expect(container, app).toMatchObject({ running: true });
    }
    await place.succeed(['clean']);
    for (const { app } of scenarios) expect(await containersOf(app)).toEqual([]);
  });

  test('end in time when their container goes', async ({ place }) => {
    await place.write(
      'dies.cfstage.yml',
      `${HELLO}scenarios: [{ name: dies at work, steps: [start, { exec: touch /tmp/here; sleep 300 }] }]\n`,
    );
    const running = place.start(['test', ...STAND_IN, '--artifacts', 'left', '--json', 'out/run.json']);
    const container = await until(async () => {
      const [found] = (await containersOf('dies-at-work')).filter(
        ({ labels, running: runs }) => runs && labels['cfstage.role'] === 'app',
      );
      return found !== undefined && (await engine.container(found.id, found.name).exists('/tmp/here'))
        ? found
        : undefined;
    });
    await engine.container(container.id, container.name).remove();
    expect(await running.ended).toMatchObject({ exitCode: 1 });
    const { scenarios } = await readRun(place);
    expect(scenarios).toMatchObject([{ outcome: 'failed', artifacts: 'left/dies-at-work' }]);
    expect(await readdir(join(place.root, 'left/dies-at-work'))).toContain('droplet.txt');
  });

  test('keep others from being begun with --bail, and one is chosen with --filter', async ({ place }) => {
    await place.write(
      'some.cfstage.yml',
      `${HELLO}scenarios:
  - { name: first, steps: [stage, { expect: { files: [no/such/file] } }] }
  - { name: second, steps: [stage, { expect: { files: [app/server.pl, 'app/*.pl'] } }] }
`,
    );
    const bailed = await place.run(['test', ...STAND_IN, '--bail', '--jobs', '1']);
    expect(bailed.exitCode).toBe(1);
    expect(bailed.stdout).toContain('– second  not run\n');
    expect(bailed.stdout).toContain('2 scenarios: 1 failed, 1 skipped in ');
    const { stdout } = await place.succeed(['test', ...STAND_IN, '--filter', 'SECOND']);
    expect(stdout).toContain('1 scenario: 1 passed in ');
  });
});

test('Ctrl-C ends the scenarios that run and writes the reports', async ({ place }) => {
  await place.write(
    'long.cfstage.yml',
    `${HELLO}scenarios:
  - { name: is quick, steps: [stage] }
  - name: is long
    buildpacks: [${buildpack('waits-in-supply')}, ${buildpack('uses-the-procfile')}]
    steps: [stage]
  - { name: never comes, steps: [stage] }
`,
  );
  const running = place.start(['test', ...STAND_IN, '--jobs', '1', ...REPORTS]);
  await running.says('✓ is quick');
  await until(async () => (await containersOf('is-long-'))[0]);
  expect(await running.end('SIGINT')).toMatchObject({ exitCode: 130 });
  const { scenarios, interrupted } = await readRun(place);
  expect(interrupted).toBe(true);
  expect(scenarios.map(({ outcome }) => outcome)).toEqual(['passed', 'interrupted', 'skipped']);
  expect(await parse(await readFile(join(place.root, 'out/junit.xml'), 'utf8'))).toMatchObject({
    tests: 3,
    errors: 1,
    skipped: 1,
  });
  expect(await readFile(join(place.root, 'out/report.html'), 'utf8')).toContain('Interrupted');
  expect(await containersOf('is-long-')).toEqual([]);
});

describe('a wrong spec', () => {
  test('ends with 2 and all faults of all files, before anything is run', async ({ place }) => {
    await place.write('a.cfstage.yml', `${HELLO}scenarios: [{ name: a, stepz: [stage] }]\n`);
    await place.write('sub/b.cfstage.yml', 'scenarios: [{ name: b, app: missing, steps: [stage] }]\n');
    await place.write('node_modules/x/c.cfstage.yml', 'scenarios: 7\n');
    const { exitCode, stderr, stdout } = await place.run(['test']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr.split('\n').slice(0, 3)).toEqual(
      [
        "a.cfstage.yml:4:24: unknown key 'stepz': did you mean 'steps'?",
        "a.cfstage.yml:4:13: 'steps' is missing",
        "sub/b.cfstage.yml:1:29: there is no file or folder 'missing' beside this file",
      ].sort(),
    );
    expect(stderr).toContain('FAILED (SPEC_INVALID)');
  });

  test('is one that is not there; and where there is none, that is told', async ({ place }) => {
    const missing = await place.run(['test', 'no.cfstage.yml']);
    expect(missing).toMatchObject({ exitCode: 2 });
    expect(missing.stderr).toContain('no.cfstage.yml:1:1: cannot be read (ENOENT)');
    const none = await place.run(['test']);
    expect(none).toMatchObject({ exitCode: 2 });
    expect(none.stderr).toContain('There is no *.cfstage.yml below ');
  });
});
