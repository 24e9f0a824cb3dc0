import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { followLines } from '../../../src/host/follow-file.ts';
import { readRecentLines } from '../../../src/host/last-lines.ts';
import { LogFile, type LogPlace, type LogSize } from '../../../src/host/log-file.ts';
import { tempDir } from './host-fixtures.ts';

const LARGE: LogSize = { bytes: 1024 ** 2, lines: 1000 };

function newPlace(): LogPlace {
  const path = join(tempDir(), 'app/log');
  return { path, older: `${path}.1` };
}

function linesAt(path: string): readonly string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
}

function numbered(from: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `line ${from + index}`);
}

/** Writes as a process does that waits when it is told to. */
async function writeAll(file: LogFile, lines: readonly string[]): Promise<void> {
  for (const line of lines) await file.write(line);
}

/** All lines of a log from now on, until `last` has come. */
async function followUntil(place: LogPlace, last: string, onLines: () => Promise<void>): Promise<string[]> {
  const controller = new AbortController();
  const seen: string[] = [];
  for await (const lines of followLines(place, { fromStart: true, signal: controller.signal })) {
    seen.push(...lines);
    if (lines.at(-1) === last) controller.abort();
    else await onLines();
  }
  return seen;
}

describe('LogFile', () => {
  test('appends to what is there, in a file for its owner only', async () => {
    const place = newPlace();
    const first = new LogFile(place, LARGE);
    await writeAll(first, numbered(0, 3));
    await first.close();
    const second = new LogFile(place, LARGE);
    await writeAll(second, numbered(3, 3));
    await second.close();
    expect(linesAt(place.path)).toEqual(numbered(0, 6));
    expect(statSync(place.path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(place.path))).toEqual(['log']);
  });

  test('holds a writer back that is faster than the disk', async () => {
    const file = new LogFile(newPlace(), LARGE);
    expect(file.write('short')).toBeUndefined();
    const behind = file.write('x'.repeat(1024 ** 2));
    expect(behind).toBeInstanceOf(Promise);
    await behind;
    await file.close();
  });

  test('always has the newest lines, in two files of bounded size', async () => {
    const full = { bytes: 300, lines: 10 };
    const line = fc.integer({ min: 0, max: 60 }).map((length) => 'x'.repeat(length));
    const bursts = fc.array(fc.array(line, { minLength: 1, maxLength: 8 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(bursts, async (all) => {
        const place = newPlace();
        const file = new LogFile(place, full);
        const written: string[] = [];
        for (const burst of all) {
          const lines = burst.map((text, index) => `${written.length + index} ${text}`);
          await writeAll(file, lines);
          await file.flush();
          written.push(...lines);
          expect(await readRecentLines(place, full.lines)).toEqual(written.slice(-full.lines));
          expect(await readRecentLines(place, 10_000)).toEqual([
            ...linesAt(place.older),
            ...linesAt(place.path),
          ]);
          for (const path of [place.path, place.older].filter(existsSync)) {
            const lines = linesAt(path);
            // Full at the latest with the burst before the last one.
            const before = lines.slice(0, -8);
            expect(before.length < full.lines || before.join('\n').length < full.bytes).toBe(true);
          }
        }
        await file.close();
      }),
      { numRuns: 50 },
    );
  });

  test('goes on in the file that another process has begun, and does not put that aside', async () => {
    const place = newPlace();
    const full = { bytes: 1, lines: 2 };
    const [one, other] = [new LogFile(place, full), new LogFile(place, full)];
    for (const [file, lines] of [
      [one, ['a', 'b']],
      [other, ['c']],
      [one, ['d']],
      [other, ['e']],
    ] as const) {
      await writeAll(file, lines);
      await file.flush();
    }
    expect([linesAt(place.older), linesAt(place.path)]).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]);
    await Promise.all([one.close(), other.close()]);
  });

  test('lets only one of two that find a file full put it aside', async () => {
    const place = newPlace();
    const full = { bytes: 1, lines: 1 };
    const files = [0, 1, 2].map(() => new LogFile(place, full));
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(files.map((file, index) => (void file.write(`${round} ${index}`), file.flush())));
      const kept = [...linesAt(place.older), ...linesAt(place.path)];
      expect(kept).toEqual(expect.arrayContaining([0, 1, 2].map((index) => `${round} ${index}`)));
    }
    await Promise.all(files.map((file) => file.close()));
    expect(readdirSync(dirname(place.path)).sort()).toEqual(['log', 'log.1']);
  });

  test('does not bring the folder of an app back that has been deleted', async () => {
    const place = newPlace();
    const file = new LogFile(place, LARGE);
    void file.write('a');
    await file.flush();
    rmSync(dirname(place.path), { recursive: true });
    void file.write('b');
    await file.close();
    expect(existsSync(dirname(place.path))).toBe(false);
  });

  test('swallows what it cannot write', async () => {
    const folder = tempDir({ stray: '' });
    const path = join(folder, 'stray/log');
    const file = new LogFile({ path, older: `${path}.1` }, LARGE);
    await file.write('x'.repeat(1024 ** 2));
    expect(file.write('y'.repeat(1024 ** 2))).toBeUndefined();
    await file.close();
  });
});

describe('a follower of a log that is put aside', () => {
  const full = { bytes: 200, lines: 10 };
  const last = 'line 499';

  test('sees every line once, in order, as long as it keeps up', async () => {
    const place = newPlace();
    const file = new LogFile(place, full);
    const left = [...numbered(0, 500)];
    const next = async () => {
      await writeAll(file, left.splice(0, 7));
      await file.flush();
    };
    await next();
    expect(await followUntil(place, last, next)).toEqual(numbered(0, 500));
    await file.close();
  });

  test('may be behind by a whole file', async () => {
    const place = newPlace();
    const file = new LogFile(place, { bytes: 1, lines: 1 });
    const left = ['b', 'c'];
    // Each line has a file of its own here: when the one with `a` has been read, it is no longer there.
    const next = async () => {
      for (const line of left.splice(0)) {
        void file.write(line);
        await file.flush();
      }
    };
    void file.write('a');
    await file.flush();
    expect(await followUntil(place, 'c', next)).toEqual(['a', 'b', 'c']);
    await file.close();
  });
});
