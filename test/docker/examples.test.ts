import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from './support/paths.ts';
import { openWorkplace, type Workplace } from './support/workplace.ts';

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

/** npm has to fetch what cfstage depends on. */
const INSTALL_MS = 300_000;

/** What `npm install --global cfstage` installs once it is published. */
let tarball: string;
let place: Workplace;

beforeAll(async () => {
  place = await openWorkplace();
  const { stdout } = await execa('npm', ['pack', '--json', '--pack-destination', place.root], { cwd: ROOT });
  tarball = join(place.root, (JSON.parse(stdout) as [{ filename: string }])[0].filename);
});

afterAll(() => place.close());

describe('the shell of an example for CI', () => {
  it.each(Object.keys(SHELL))(
    '%s tests a buildpack',
    async (file) => {
      const folder = join(place.root, file);
      await cp(join(EXAMPLES, 'hello-buildpack'), folder, { recursive: true });
      const lines = (await SHELL[file]?.()) ?? [];
      const install = lines.map((line) => line.replace('--global cfstage', `--global ${tarball}`));
      expect(install).not.toEqual(lines);
      await run(install, folder);
      expect(await readFile(join(folder, 'report.xml'), 'utf8')).toContain('tests="2"');
      expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('serves what hello.txt says');
    },
    INSTALL_MS,
  );
});

async function run(lines: readonly string[], cwd: string): Promise<void> {
  const prefix = join(place.root, 'npm');
  const env = {
    npm_config_prefix: prefix,
    PATH: `${join(prefix, 'bin')}:${process.env['PATH'] ?? ''}`,
    CFSTAGE_HOME: place.home,
    TMPDIR: place.temp,
  };
  for (const line of lines) {
    const { exitCode, all } = await execa('bash', ['-euo', 'pipefail', '-c', line], {
      cwd,
      env,
      all: true,
      stdin: 'ignore',
      reject: false,
    });
    expect({ line, exitCode, all }).toMatchObject({ exitCode: 0 });
  }
}
