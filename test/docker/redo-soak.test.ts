import { expect } from 'vitest';
import Docker from 'dockerode';
import { connectEngine } from '../../src/engine/connect.ts';
import { openOddLab } from './support/odd-lab.ts';
import { test } from './support/workplace.ts';

/** `CFSTAGE_SOAK_REDOS=500` for the long run, which prints its table. */
const REDOS = Number(process.env['CFSTAGE_SOAK_REDOS'] ?? 12);
/** Samples are taken this often; what the first ones see is not growth but beginning. */
const SAMPLES = 10;

interface Sample {
  readonly redos: number;
  readonly containers: number;
  readonly images: number;
  /** What the staging container has written. */
  readonly diskMb: number;
  /** Of this process, after a collection of garbage where that can be asked for. */
  readonly heapMb: number;
}

test(
  `${REDOS} redos in a row leave nothing behind`,
  async ({ place }) => {
    const engine = await connectEngine(process.env);
    await using lab = await openOddLab(place);
    const samples: Sample[] = [];
    const sample = async (redos: number) => {
      globalThis.gc?.();
      samples.push({
        redos,
        containers: (await engine.listContainers({ 'cfstage.app': place.app })).length,
        images: (await new Docker().listImages({ all: true })).length,
        diskMb: ((await lab.staging.container?.writtenBytes()) ?? 0) / 1e6,
        heapMb: process.memoryUsage().heapUsed / 1e6,
      });
    };
    await lab.redo();
    await lab.write('app/big', 'x'.repeat(3_000_000));
    for (let i = 1; i <= REDOS; i++) {
      if (i % 5 === 0) await lab.edit('leaves-odd-files/lib/tool', (text) => `${text}# ${i}\n`.slice(-200));
      else if (i % 5 === 1) await lab.write('app/app.txt', `${i}\n`);
      else if (i % 5 === 2) await lab.write('app/big', String(i % 10).repeat(3_000_000));
      else await lab.write('undoes-its-supply/lib/only-finalize', `${i}\n`);
      await lab.redo();
      // What a terminal would have shown is not kept by it either.
      lab.forgetEvents();
      if (i % Math.ceil(REDOS / SAMPLES) === 0) await sample(i);
    }
    if (REDOS > 100) console.table(samples);
    const first = samples[2];
    const last = samples.at(-1);
    if (first === undefined || last === undefined) throw new Error('There are too few samples');
    expect(last.containers).toBe(1);
    // In a short run other tests make images meanwhile.
    if (REDOS > 100) expect(last.images).toBe(first.images);
    expect(last.diskMb).toBeLessThan(1.5 * first.diskMb + 70);
    expect(last.heapMb).toBeLessThan(1.5 * first.heapMb + 20);
    expect(lab.warnings).toEqual([]);
  },
  60_000 + 10_000 * REDOS,
);
