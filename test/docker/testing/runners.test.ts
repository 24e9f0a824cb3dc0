import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fencedBlocks } from '../support/markdown.ts';
import { buildpack, fixture as path, ROOT } from '../support/paths.ts';

/** What a user's spec does, the same in each runner; `ok` and `failing` are the runner's way to say it. */
function spec(imports: string, ok: string, failing: string): string {
  return `${imports}
import { createPlatform, fixture } from 'cfstage/testing';

const source = fixture('${path('apps/hello-web')}').with({ 'server.pl': (text) => text.replace("'hello'", "'hello runner'") });

test('an app is staged and served', async () => {
  const platform = await createPlatform({ stack: 'cflinuxfs3', stackPolicy: 'stand-in' });
  try {
    const app = await platform.deploy.withBuildpacks('${buildpack('uses-the-procfile')}').execute('hello', source);
    ${ok}
    let message = '';
    try {
      ${failing}
    } catch (error) {
      message = error.message;
    }
    if (!message.includes('The nearest match has 1 of 2')) throw new Error('No such message: ' + message);
  } finally {
    await platform.close();
  }
});
`;
}

const EXPECTS = `await expect(app).toServe('hello runner', { headers: { 'content-length': '12' } });
    await expect(app).not.toServe('goodbye');
    expect(app.stagingLogs).toContainLines(['-----> First staging', 'Exit status 0']);`;
const EXPECT_FAILS = `expect(app.stagingLogs).toContainLines(['-----> First staging', 'Exit status 1']);`;

/** Types of a spec, as an editor or tsc judges them. */
const TYPED = `
declare const app: import('cfstage/testing').Deployment;
const waited: Promise<void> = expect(app).toServe(/hello/, { path: '/', status: 200, within: 100 });
expect(app.logs).not.toContainLines(['line', /pattern/]);
// @ts-expect-error a number is no line
expect(app.logs).toContainLines([1]);
export { waited };
`;

describe('cfstage/testing without a plugin', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cfstage-runners-'));
    await mkdir(join(folder, 'node_modules/@jest'), { recursive: true });
    await symlink(ROOT, join(folder, 'node_modules/cfstage'));
    await symlink(path(), join(folder, 'fixtures'));
    for (const name of ['vitest', 'jest', 'expect', '@jest/globals', '@types'])
      await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
    await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function run(name: string, text: string, argv: readonly string[], env: Record<string, string> = {}) {
    await writeFile(join(folder, name), text);
    const [file = '', ...args] = argv;
    const ended = await execa(file, args, { cwd: folder, env, all: true, reject: false });
    expect(ended, ended.all).toMatchObject({ exitCode: 0 });
    return ended.all;
  }

  it('works in node:test, with plain functions', async () => {
    const text = spec(
      "import { test } from 'node:test';\nimport { verify } from 'cfstage/testing/assert';",
      `await verify.toServe(app, 'hello runner', { headers: { 'content-length': '12' } });
    await verify.not.toServe(app, 'goodbye');
    verify.toContainLines(app.stagingLogs, ['-----> First staging', 'Exit status 0']);`,
      `verify.toContainLines(app.stagingLogs, ['-----> First staging', 'Exit status 1']);`,
    );
    expect(await run('node.test.mjs', text, [process.execPath, '--test', 'node.test.mjs'])).toMatch(/pass 1/);
  });

  it('runs the example of docs/testing.md', async () => {
    const page = await readFile(join(ROOT, 'docs/testing.md'), 'utf8');
    const [example, ...others] = fencedBlocks(page, 'js test');
    expect(others).toEqual([]);
    const argv = [process.execPath, '--test', 'example.test.mjs'];
    expect(await run('example.test.mjs', example?.text ?? '', argv)).toMatch(/pass 2/);
  });

  it('works in vitest, with matchers', async () => {
    const text = spec(
      "import { expect, test } from 'vitest';\nimport 'cfstage/testing/vitest';",
      EXPECTS,
      EXPECT_FAILS,
    );
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const argv = [
      process.execPath,
      vitest,
      'run',
      '--root',
      folder,
      '--testTimeout',
      '60000',
      'vitest.test.js',
    ];
    expect(await run('vitest.test.js', text, argv, { NO_COLOR: '1' })).toMatch(/Tests {2}1 passed/);
  });

  it('works in jest, with matchers', async () => {
    const text = spec(
      "import { expect, jest, test } from '@jest/globals';\nimport 'cfstage/testing/jest';\njest.setTimeout(60_000);",
      EXPECTS,
      EXPECT_FAILS,
    );
    const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
    const argv = [process.execPath, '--experimental-vm-modules', jest, '--rootDir', folder, 'jest.test'];
    const options = ['--testMatch', '**/*.test.js', '--transform', '{}'];
    expect(await run('jest.test.js', text, [...argv, ...options])).toMatch(/Tests: +1 passed/);
  });

  it('has types in each of them', async () => {
    await writeFile(
      join(folder, 'vitest.ts'),
      `import { expect } from 'vitest';\nimport 'cfstage/testing/vitest';${TYPED}`,
    );
    await writeFile(
      join(folder, 'jest.ts'),
      `import { expect } from '@jest/globals';\nimport 'cfstage/testing/jest';${TYPED}`,
    );
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--lib',
      'es2023,esnext.disposable,dom',
      '--skipLibCheck',
      '--types',
      'node',
    ];
    const checks = ['vitest.ts', 'jest.ts'].map((file) =>
      execa(process.execPath, [tsc, ...options, file], { cwd: folder, all: true, reject: false }),
    );
    for (const { exitCode, all } of await Promise.all(checks)) expect(exitCode, all).toBe(0);
  });
});
