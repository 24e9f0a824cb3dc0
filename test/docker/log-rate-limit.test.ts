import { describe, expect } from 'vitest';
import { pushFloods } from './support/flood-reader.ts';
import { fixture } from './support/paths.ts';
import type { Running } from './support/running.ts';
import { test, type Workplace } from './support/workplace.ts';

const MAIN = 'APP/PROC/WEB/0';
const SIDECAR = 'APP/PROC/WEB/SIDECAR/NOISY/0';
const ENDLESS = 1_000_000_000;

interface Line {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly source: string;
  readonly stream: string;
  readonly message: string;
}

/** What a `push --json` has logged so far. */
function lines(push: Running): readonly Line[] {
  return push.output
    .split('\n')
    .filter((line) => line.startsWith('{"type":"log"') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Omit<Line, 'time'> & { readonly time: string })
    .map((line) => ({ ...line, time: Date.parse(line.time) }));
}

/** A manifest whose app and sidecar flood, with a limit. */
async function noisyManifest(place: Workplace, limit: string): Promise<readonly string[]> {
  const manifest = await place.write(
    'manifest.yml',
    `applications:
- name: ${place.app}
  path: ${fixture('apps/floods')}
  log-rate-limit-per-second: ${limit}
  sidecars:
  - name: noisy
    process_types: [web]
    command: perl flood.pl
`,
  );
  return ['--manifest', manifest];
}

describe('a log rate limit', () => {
  test('holds for main process and sidecar together, and says so on the source of the excess', async ({
    place,
  }) => {
    const limit = 20 * 1024;
    const excess = `app instance exceeded log rate limit (${limit} bytes/sec)`;
    const flags = [...pushFloods(place.app, { OUT_LINES: ENDLESS }), '--json'];
    const push = place.start([...flags, ...(await noisyManifest(place, '20K'))]);
    // Each second one of the two may be the first to fill the limit, but not for ever.
    for (const source of [MAIN, SIDECAR])
      await push.says(`"source":"${source}","stream":"OUT","message":"out `);
    await push.says(/(?:exceeded log rate limit[^]*?){3}/);
    const all = lines(push).filter(({ source }) => source === MAIN || source === SIDECAR);
    await push.end();

    const told = all.filter(({ message }) => message === excess);
    expect(told.map(({ stream }) => stream)).toEqual(told.map(() => 'OUT'));
    for (const { time } of told) {
      // Times are cut to milliseconds.
      const silent = all.filter((line) => line.time > time && line.time < time + 999);
      expect(silent).toEqual([]);
    }
    const passed = all.filter(({ message }) => message !== excess);
    const bytes = passed.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0);
    const seconds = ((all.at(-1)?.time ?? 0) - (all[0]?.time ?? 0)) / 1000;
    expect(bytes).toBeLessThanOrEqual(limit * (1.001 + seconds));
    expect(bytes).toBeGreaterThan(limit);
  });

  test('of -1 is none, also where the manifest has one', async ({ place }) => {
    const flags = pushFloods(place.app, { OUT_LINES: 1000 });
    const push = place.start([...flags, ...(await noisyManifest(place, '1B')), '-l', '-1']);
    await push.says(`[${MAIN}] OUT flood ends`);
    await push.says(`[${SIDECAR}] OUT flood ends`);
    for (const source of [MAIN, SIDECAR]) {
      const numbers = push.output.matchAll(new RegExp(`\\[${source}\\] OUT out (\\d+) `, 'g'));
      expect([...numbers].map(([, number]) => Number(number))).toEqual(
        Array.from({ length: 1000 }, (_, index) => index + 1),
      );
    }
    expect(push.output).not.toContain('exceeded log rate limit');
    await push.end();
  });

  test('of 0 leaves only what the cell says of its containers', async ({ place }) => {
    const flags = pushFloods(place.app, { OUT_LINES: 1000 });
    const push = place.start([...flags, ...(await noisyManifest(place, '0'))]);
    await push.says(`App ${place.app} started`);
    await place.succeed(['ssh', place.app, '-c', 'until [ -s app/written ]; do sleep 0.1; done']);
    const { exitCode, stdout } = await push.end();
    expect(exitCode).toBe(0);
    const logged = stdout.split('\n').filter((line) => line !== '');
    expect(logged.length).toBeGreaterThan(0);
    for (const line of logged) expect(line).toMatch(/OUT (?:Cell cfstage|Download(?:ing|ed) \S)/);
    expect(stdout).not.toContain('Downloading droplet');
  });

  test('that is no size is refused in the words of cf', async ({ place }) => {
    const { exitCode, stderr } = await place.run([...pushFloods(place.app, {}), '-l', '16']);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(
        'Byte quantity must be an integer with a unit of measurement like B, K, KB, M, MB, G, or GB',
      ) as string,
    });
  });
});
