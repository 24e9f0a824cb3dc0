import { copyFile, mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HELLO_WEB, openWorkplace, type Workplace } from './support/workplace.ts';

let place: Workplace;
let output: string;

beforeAll(async () => {
  place = await openWorkplace();
  output = join(place.root, 'output');
  await place.succeed(['stage', place.app, ...HELLO_WEB, '--output', output]);
});

afterAll(() => place.close());

/** Runs something in the foreground until it has started, asks it, and stops it. */
async function answerOf(args: readonly string[], path = '/'): Promise<string> {
  const running = place.start([...args, '--stack-policy', 'stand-in']);
  const response = await fetch(`${await running.url()}${path}`);
  const body = await response.text();
  expect(await running.end()).toMatchObject({ exitCode: 0 });
  return body;
}

describe('stage --output', () => {
  it("writes the original's files and no others", async () => {
    expect((await readdir(output)).sort()).toEqual([
      'cache.tgz',
      'droplet.tgz',
      'result.json',
      'staging.log',
      'staging_info.yml',
    ]);
  });

  it('packs a droplet whose members all belong to vcap', async () => {
    const { stdout } = await execa('tar', ['-tzvf', join(output, 'droplet.tgz'), '--numeric-owner']);
    const members = stdout.split('\n').map((line) => line.split(/\s+/));
    expect([...new Set(members.map(([, owner]) => owner))]).toEqual(['2000/2000']);
    const paths = members.map((columns) => columns.slice(5).join(' '));
    const expected = ['./staging_info.yml', './app/', './app/server.pl', './deps/', './profile.d/', './tmp/'];
    expect(paths).toEqual(expect.arrayContaining(expected));
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('packs the build cache', async () => {
    const { stdout } = await execa('tar', ['-tzf', join(output, 'cache.tgz')]);
    expect(stdout).toMatch(/\/staged-before$/m);
  });

  it('says in result.json and staging_info.yml how the app is started', async () => {
    const result: unknown = JSON.parse(await readFile(join(output, 'result.json'), 'utf8'));
    expect(result).toMatchObject({ process_types: { web: 'perl server.pl' }, execution_metadata: '' });
    const info: unknown = JSON.parse(await readFile(join(output, 'staging_info.yml'), 'utf8'));
    expect(info).toMatchObject({ start_command: 'perl server.pl' });
  });

  it('keeps the staging log without leading spaces', async () => {
    const text = await readFile(join(output, 'staging.log'), 'utf8');
    const lines = text.trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\dT\S+ \[STG\/0\] (?:OUT|ERR) ./);
    expect(lines.map((line) => line.replace(/^\S+ /, ''))).toContain('[STG/0] OUT -----> First staging');
  });
});

describe('run', () => {
  it('runs the droplet of an app again', async () => {
    expect(await answerOf(['run', place.app])).toBe('hello');
  });

  it('runs a droplet file with the result.json beside it', async () => {
    const args = ['run', join(output, 'droplet.tgz'), '--name', `${place.app}-file`];
    expect(await answerOf(args)).toBe('hello');
  });

  it('runs a droplet file alone by its start command, with variables of the command line', async () => {
    const folder = join(place.root, 'alone');
    await mkdir(folder);
    const file = join(folder, `${place.app}-alone.tgz`);
    await copyFile(join(output, 'droplet.tgz'), file);
    expect(await answerOf(['run', file, '--env', 'GREETING=moin'], '/env/GREETING')).toBe('moin');
  });
});
