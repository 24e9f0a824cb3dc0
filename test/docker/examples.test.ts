import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from './support/paths.ts';
import { test, type Workplace } from './support/workplace.ts';

const EXAMPLES = join(ROOT, 'examples');

const text = async (file: string) => await readFile(join(EXAMPLES, file), 'utf8');

const SHELL: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  'github-actions.yml': async () => {
    const { jobs } = parse(await text('github-actions.yml')) as {
      jobs: { test: { steps: readonly { run?: string }[] } };
    };
    return jobs.test.steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
  },
  'gitlab-ci.yml': async () => {
    const { test: job } = parse(await text('gitlab-ci.yml')) as {
      test: { before_script: readonly string[]; script: readonly string[] };
    };
    return [...job.before_script, ...job.script];
  },
  Jenkinsfile: async () =>
    [...(await text('Jenkinsfile')).matchAll(/^ *sh '(.*)'$/gm)].map(([, line = '']) => line),
};

/** What `npm install --global cfstage` installs once it is published. */
let tarball: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cfstage-pack-'));
  const { stdout } = await execa('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT });
  tarball = join(folder, (JSON.parse(stdout) as [{ filename: string }])[0].filename);
});

afterAll(() => rm(folder, { recursive: true }));

describe('the shell of an example for CI', () => {
  test.for(Object.keys(SHELL))('%s tests a buildpack', async (file, { place }) => {
    await cp(join(EXAMPLES, 'hello-buildpack'), place.root, { recursive: true });
    const lines = (await SHELL[file]?.()) ?? [];
    const install = lines.map((line) => line.replace('--global cfstage', `--global ${tarball}`));
    expect(install).not.toEqual(lines);
    await run(place, install);
    expect(await readFile(join(place.root, 'report.xml'), 'utf8')).toContain('tests="2"');
    expect(await readFile(join(place.root, 'report.html'), 'utf8')).toContain('serves what hello.txt says');
  });
});

async function run(place: Workplace, lines: readonly string[]): Promise<void> {
  const prefix = join(place.root, 'npm');
  const env = {
    npm_config_prefix: prefix,
    PATH: `${join(prefix, 'bin')}:${process.env['PATH'] ?? ''}`,
    CFSTAGE_HOME: place.home,
    TMPDIR: place.temp,
  };
  for (const line of lines) {
    const { exitCode, all } = await execa('bash', ['-euo', 'pipefail', '-c', line], {
      cwd: place.root,
      env,
      all: true,
      stdin: 'ignore',
      reject: false,
    });
    expect({ line, exitCode, all }).toMatchObject({ exitCode: 0 });
  }
}
