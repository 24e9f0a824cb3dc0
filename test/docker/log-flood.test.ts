import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { FloodReader, pushFloods } from './support/flood-reader.ts';
import { test, type Workplace } from './support/workplace.ts';

const MOST_MEMORY_MB = 200;
const MEGABYTE = 1024 ** 2;

/** Bytes of the recorded log of the test's app. */
async function recordedBytes({ app, home }: Workplace): Promise<number> {
  const folder = join(home, 'apps', app);
  const logs = (await readdir(folder)).filter((name) => name.startsWith('log'));
  const sizes = await Promise.all(logs.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** How many lines the app has handed over, at the least. */
async function written(place: Workplace): Promise<number> {
  return Number((await place.succeed(['ssh', place.app, '-c', 'cat app/written'])).stdout);
}

describe('an app that writes as fast as it can', () => {
  test('loses none of 100 MB and has every stream in order, in little memory and on little disk', async ({
    place,
  }) => {
    const lines = { OUT_LINES: 1_000_000, ERR_LINES: 100_000 };
    await using push = new FloodReader(place, pushFloods(place.app, lines));
    await push.says('flood ends');
    expect(push.newest).toEqual({ OUT: lines.OUT_LINES, ERR: lines.ERR_LINES });
    expect(push.count).toBe(lines.OUT_LINES + lines.ERR_LINES);
    expect(push.peakRssMb()).toBeLessThan(MOST_MEMORY_MB);
    expect(await recordedBytes(place)).toBeLessThan(34 * MEGABYTE);
    expect(await push.end()).toBe(0);
    expect(push.fault).toBeUndefined();
  });

  test('does the same with --json', async ({ place }) => {
    const lines = { OUT_LINES: 300_000, ERR_LINES: 30_000 };
    await using push = new FloodReader(place, [...pushFloods(place.app, lines), '--json']);
    await push.says('flood ends');
    expect(push.newest).toEqual({ OUT: lines.OUT_LINES, ERR: lines.ERR_LINES });
    expect(push.count).toBe(lines.OUT_LINES + lines.ERR_LINES);
    expect(push.peakRssMb()).toBeLessThan(MOST_MEMORY_MB);
    expect(await push.end()).toBe(0);
  });

  test('is held back by a reader that stops, and goes on where it was', async ({ place }) => {
    const lines = { OUT_LINES: 300_000, ERR_LINES: 30_000 };
    let goOn = (): void => undefined;
    const stopped = new Promise<void>((resolve) => (goOn = resolve));
    let stops = (): Promise<void> | undefined => undefined;
    await using push = new FloodReader(place, pushFloods(place.app, lines), () => stops());
    stops = () => (push.count > 1000 ? stopped : undefined);
    await push.until(() => push.count > 1000);
    // It has stopped once it has not got any further from one look to the next.
    let before = -1;
    let now = await written(place);
    while (now !== before) [before, now] = [now, await written(place)];
    expect(now).toBeLessThan(100_000);
    expect(push.peakRssMb()).toBeLessThan(MOST_MEMORY_MB);
    goOn();
    await push.says('flood ends');
    expect(push.newest).toEqual({ OUT: lines.OUT_LINES, ERR: lines.ERR_LINES });
    expect(push.count).toBe(lines.OUT_LINES + lines.ERR_LINES);
    expect(await push.end()).toBe(0);
  });
});

test('logs in another terminal loses and repeats nothing of a flood that it keeps up with', async ({
  place,
}) => {
  const OUT_LINES = 300_000;
  const MOST_BEHIND = 5000;
  let catchUp = (): Promise<void> | undefined => undefined;
  await using push = new FloodReader(place, pushFloods(place.app, { OUT_LINES, WAITS_FOR: 'go' }), () =>
    catchUp(),
  );
  await push.says('waiting');
  await using follower = new FloodReader(place, ['logs', place.app]);
  await follower.says('waiting');
  catchUp = () =>
    push.count - follower.count > MOST_BEHIND
      ? follower.until(() => push.count - follower.count <= MOST_BEHIND)
      : undefined;
  await place.succeed(['ssh', place.app, '-c', 'touch app/go']);
  await push.until(() => push.count > OUT_LINES / 2);
  const amid = await recent(place);
  expect(amid.map((message) => message.slice(0, 13))).toEqual(numbered(numberIn(amid[0]), 1000));
  await follower.says('flood ends');
  expect({ count: follower.count, newest: follower.newest.OUT }).toEqual({
    count: OUT_LINES,
    newest: OUT_LINES,
  });
  const atEnd = await recent(place);
  expect(atEnd.map((message) => message.slice(0, 13))).toEqual([
    ...numbered(OUT_LINES - 998, 999),
    'flood ends',
  ]);
  expect(await push.end()).toBe(0);
  expect(await follower.end()).toBe(0);
});

async function recent(place: Workplace): Promise<readonly string[]> {
  const { stdout } = await place.succeed(['logs', place.app, '--recent']);
  return stdout.split('\n').map((line) => line.slice(line.indexOf(' OUT ') + 5));
}

function numberIn(message = ''): number {
  return Number(message.slice(4, 13));
}

function numbered(from: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `out ${String(from + index).padStart(9, '0')}`);
}
