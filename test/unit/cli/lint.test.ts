import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { lintCommand } from '../../../src/cli/commands/lint.ts';
import { main } from '../../../src/cli/main.ts';
import { createBuildpack } from '../../../src/host/buildpack-registry.ts';
import { homeAt } from '../../../src/host/home.ts';
import { tempDir, zipOf, type Content } from '../host/host-fixtures.ts';

const SOUND = {
  'bin/supply': { script: '#!/bin/bash\n' },
  'bin/finalize': { script: '#!/bin/bash\n' },
  'bin/release': { script: '#!/bin/bash\n' },
};
const BROKEN = { ...SOUND, 'bin/supply': { script: '#!/bin/bash\ncd /tmp/deps\n' } };
const DUBIOUS = { ...SOUND, 'bin/supply': { script: '#!/bin/bash\ncd /tmp/app\n' } };
const AGENT = '{type: agent, command: ./a, platforms: {cloudfoundry: {sidecar_for: [web]}}}';

interface Outcome {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** A directory with these files to run in, and a state folder of its own; engines are out of reach. */
function place(tree: Readonly<Record<string, Content>>): { readonly cwd: string; readonly home: string } {
  const cwd = tempDir(tree);
  const home = join(tempDir(), 'home');
  mkdirSync(home);
  const before = process.cwd();
  process.chdir(cwd);
  vi.stubEnv('CFSTAGE_HOME', home);
  vi.stubEnv('DOCKER_HOST', 'unix:///nonexistent.sock');
  vi.stubEnv('NO_COLOR', '1');
  onTestFinished(() => {
    process.chdir(before);
    vi.unstubAllEnvs();
  });
  return { cwd: process.cwd(), home };
}

async function captured(run: () => Promise<number>): Promise<Outcome> {
  const written = { out: '', err: '' };
  const outSpy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.out += String(text);
    return true;
  });
  const errSpy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.err += String(text);
    return true;
  });
  try {
    return { exit: await run(), ...written };
  } finally {
    outSpy.mockRestore();
    errSpy.mockRestore();
  }
}

describe('buildpacks that are named', () => {
  test('are shown file by file, each with its advice, and counted; errors end with 1', async () => {
    place({ ...under('good', SOUND), ...under('bad', BROKEN) });
    const { exit, out } = await captured(() => lintCommand(['good', 'bad'], {}));
    expect(exit).toBe(1);
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^bad\/bin\/supply:2: error: \/tmp\/deps does not exist/),
      '    Use the third argument.',
      '1 error, 0 warnings in 2 buildpacks',
      '',
    ]);
  });

  test.each<[string, Readonly<Record<string, Content>>, number, string]>([
    ['nothing to say', SOUND, 0, '0 errors, 0 warnings in 1 buildpack\n'],
    ['warnings alone', DUBIOUS, 0, '0 errors, 1 warning in 1 buildpack\n'],
  ])('%s ends with 0', async (_, tree, exit, last) => {
    place(under('bp', tree));
    const outcome = await captured(() => lintCommand(['bp'], {}));
    expect([outcome.exit, outcome.out.slice(-last.length)]).toEqual([exit, last]);
  });

  test('a zip, the current directory and a registered name', async () => {
    const { home } = place(BROKEN);
    const zip = zipOf(BROKEN);
    const source = { kind: 'directory', location: tempDir(BROKEN) } as const;
    await createBuildpack(homeAt(home), { name: 'known', source }, undefined, undefined);
    for (const [argument, file] of [
      [zip, `${zip}/bin/supply`],
      ['.', 'bin/supply'],
      ['known', relative(process.cwd(), `${source.location}/bin/supply`)],
    ] as const) {
      const { exit, out } = await captured(() => lintCommand([argument], { json: true }));
      const findings = JSON.parse(out) as { file: string }[];
      expect([exit, findings.map((finding) => finding.file)]).toEqual([1, [file]]);
    }
  });

  test('as JSON, one array on stdout', async () => {
    place(under('bp', DUBIOUS));
    const { exit, out, err } = await captured(() => lintCommand(['bp'], { json: true }));
    expect([exit, err, out.trimEnd().includes('\n')]).toEqual([0, '', false]);
    expect(JSON.parse(out)).toEqual([
      {
        rule: 'path-baked-in',
        severity: 'warning',
        file: 'bp/bin/supply',
        line: 2,
        why: expect.any(String) as string,
        advice: expect.any(String) as string,
      },
    ]);
  });

  test('what is not there is an error of its own', async () => {
    place({});
    const { exit, out, err } = await captured(() => lintCommand(['./nowhere'], {}));
    expect([exit, out]).toEqual([1, '']);
    expect(err).toContain('nowhere');
  });

  test('stand beside the app of -f, if it is given', async () => {
    const sidecars = 'sidecars: [{name: agent, command: x, process_types: [web]}]';
    place({
      ...under('bp', { ...SOUND, 'launch.yml': `processes:\n- ${AGENT}\n` }),
      'manifest.yml': `applications:\n- name: x\n  ${sidecars}\n`,
    });
    const alone = await captured(() => lintCommand(['bp'], {}));
    const beside = await captured(() => lintCommand(['bp'], { manifest: 'manifest.yml' }));
    expect([alone.exit, beside.exit]).toEqual([0, 1]);
    expect(beside.out).toContain('bp/launch.yml:2: error: Buildpack defined sidecar');
  });

  test('are held against the stack of -s', async () => {
    place(under('bp', { ...SOUND, 'manifest.yml': 'stack: cflinuxfs3\n' }));
    const { out } = await captured(() => lintCommand(['bp'], { stack: 'cflinuxfs4' }));
    expect(out).toContain('bp/manifest.yml:1: error: ');
  });
});

describe('the buildpacks of the manifest', () => {
  const supplyOnly = { 'bin/supply': SOUND['bin/supply'] };

  test('are judged by their place in the order', async () => {
    place({
      ...under('a', supplyOnly),
      ...under('b', SOUND),
      'manifest.yml': 'applications:\n- name: x\n  buildpacks: [one, two]\n',
    });
    const inOrder = await lintMapped('one=a', 'two=b');
    const reversed = await lintMapped('one=b', 'two=a');
    expect(inOrder).toMatchObject({ exit: 0, out: '0 errors, 0 warnings in 2 buildpacks\n' });
    expect(reversed.out).toMatch(/^a\/bin\/finalize: error: /);
  });

  test('one that nobody knows is the error of cf', async () => {
    place({ 'manifest.yml': 'applications:\n- name: x\n  buildpacks: [one]\n' });
    const { exit, err } = await captured(() => lintCommand([], {}));
    expect(exit).toBe(1);
    expect(err).toContain('Buildpack "one" for stack "cflinuxfs4" must be an existing admin buildpack');
  });

  test('of several apps --app says which', async () => {
    place({
      ...under('a', supplyOnly),
      ...under('b', SOUND),
      'manifest.yml': 'applications:\n- {name: one, buildpacks: [./a]}\n- {name: two, buildpacks: [./b]}\n',
    });
    expect(await captured(() => main(['lint']))).toMatchObject({ exit: 2 });
    expect(await captured(() => main(['lint', '--app', 'one']))).toMatchObject({ exit: 1 });
    expect(await captured(() => main(['lint', '--app', 'two']))).toMatchObject({ exit: 0, err: '' });
  });

  test('none at all is wrong usage', async () => {
    place({});
    const { exit, err } = await captured(() => lintCommand([], {}));
    expect(exit).toBe(2);
    expect(err).toContain('There is no buildpack to look at.');
  });

  test('in a buildpack, whose manifest.yml is none of an app, the hint says so', async () => {
    place({ ...SOUND, 'manifest.yml': 'language: x\n' });
    const { exit, err } = await captured(() => lintCommand([], {}));
    expect(exit).toBe(1);
    expect(err).toContain('cfstage lint .');
  });

  async function lintMapped(...pairs: string[]): Promise<Outcome> {
    return await captured(() => main(['lint', ...pairs.flatMap((pair) => ['--local-buildpack', pair])]));
  }
});

function under(directory: string, tree: Readonly<Record<string, Content>>): Record<string, Content> {
  return Object.fromEntries(Object.entries(tree).map(([path, content]) => [`${directory}/${path}`, content]));
}
