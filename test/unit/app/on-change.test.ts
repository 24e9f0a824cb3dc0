import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test as plainTest } from 'vitest';
import { OnChange } from '../../../src/app/on-change.ts';
import { makeTempDir } from '../../../src/host/temp-dir.ts';
import { emitTo } from '../../../src/logs/emitter.ts';
import { MemorySink } from '../../../src/logs/memory-sink.ts';

const test = plainTest.extend<{ folder: string }>({
  folder: async ({}, use) => {
    await using dir = await makeTempDir('on-change-test');
    mkdirSync(join(dir.path, 'bp'));
    await use(dir.path);
  },
});
const never = new AbortController().signal;

/** Runs a command for a change of `bp/a`; each run is followed by one of the answers of what has changed since. */
async function runs(folder: string, command: string, since: readonly (readonly string[])[]) {
  const memory = new MemorySink();
  const onChange = new OnChange(`echo run >>../runs; ${command}`, 'app', emitTo([memory]));
  const roots = [
    { kind: 'app' as const, path: folder },
    { kind: 'buildpack' as const, path: join(folder, 'bp'), key: 'https://host/some-buildpack.git#v1' },
  ];
  const answers = since.map((paths) => paths.map((path) => join(folder, path)));
  const changes = new Set([join(folder, 'bp/a')]);
  const outcome = await onChange
    .run(changes, roots, () => Promise.resolve(answers.shift() ?? []), never)
    .then(
      () => 'ok',
      (error: unknown) => (error as { code: string }).code,
    );
  const count = readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n').length;
  return { outcome, count, changes: [...changes].map((path) => path.slice(folder.length + 1)), memory };
}

test('what the command writes belongs to the change and starts nothing', async ({ folder }) => {
  const { outcome, count, changes, memory } = await runs(folder, 'pwd; echo oh >&2', [['bp/built']]);
  expect({ outcome, count, changes }).toEqual({ outcome: 'ok', count: 1, changes: ['bp/a', 'bp/built'] });
  const lines = memory.logs.map(({ source, stream, message }) => `[${source}] ${stream} ${message}`);
  expect(lines.sort()).toEqual([
    '[ON-CHANGE/SOME-BUILDPACK] ERR oh',
    `[ON-CHANGE/SOME-BUILDPACK] OUT ${join(folder, 'bp')}`,
  ]);
});

test('a source that changes under the command is built again, once', async ({ folder }) => {
  const { count } = await runs(folder, 'true', [['bp/a', 'bp/built'], ['bp/a'], ['bp/a']]);
  expect(count).toBe(2);
});

test('a failure is told when all is known that has changed', async ({ folder }) => {
  const failed = await runs(folder, 'exit 4', [['bp/built']]);
  expect(failed).toMatchObject({ outcome: 'ON_CHANGE_FAILED', count: 1, changes: ['bp/a', 'bp/built'] });
});

test('the last run counts', async ({ folder }) => {
  writeFileSync(join(folder, 'runs'), '');
  const mended = await runs(folder, '[ $(wc -l <../runs) = 2 ]', [['bp/a'], []]);
  expect(mended).toMatchObject({ outcome: 'ok', count: 2 });
});

test('an interruption ends the command with all that it has started', async ({ folder }) => {
  const abort = new AbortController();
  const memory = new MemorySink();
  const onChange = new OnChange('echo $$; sleep 600', 'app', (event) => {
    if (event.type === 'log') abort.abort();
    return emitTo([memory])(event);
  });
  const roots = [{ kind: 'buildpack' as const, path: join(folder, 'bp'), key: 'bp' }];
  await expect(onChange.runAll(roots, abort.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' });
  const group = memory.logs[0]?.message;
  const alive = readdirSync('/proc').filter((pid) => {
    const stat = /^\d+$/.test(pid) ? readStat(pid) : undefined;
    return stat !== undefined && stat.group === group && stat.state !== 'Z';
  });
  expect(alive).toEqual([]);
});

/** State and process group; undefined for a process that has gone. */
function readStat(pid: string): { readonly state: string; readonly group: string } | undefined {
  try {
    const [state = '', , group = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return { state, group };
  } catch {
    return undefined;
  }
}
