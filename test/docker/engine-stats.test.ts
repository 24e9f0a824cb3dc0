import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { connectEngine } from '../../src/engine/connect.ts';
import type { Container } from '../../src/engine/engine.ts';
import { startContainer } from './support/bare-container.ts';

const MIB = 1024 * 1024;
const engine = await connectEngine(process.env);

/** Waits until the container's script has said what it does by making this file. */
async function ready(container: Container): Promise<void> {
  const argv = ['/bin/bash', '-c', 'until [ -e /ready ]; do sleep 0.05; done'];
  const process = await container.exec({ argv, env: {}, user: 'root', workingDir: '/' });
  await Promise.all([text(process.stdout), text(process.stderr)]);
  expect(await process.exitCode).toBe(0);
}

describe.concurrent('stats of a container', () => {
  it('count memory, and none for an idle CPU', async () => {
    const script = `exec perl -e '$held = "x" x (64 << 20); open F, ">/ready"; close F; sleep 600'`;
    await using container = await startContainer(engine, script);
    await ready(container);
    const { memoryBytes, cpuPercent } = await container.stats();
    expect(memoryBytes).toBeGreaterThan(64 * MIB);
    expect(memoryBytes).toBeLessThan(200 * MIB);
    expect(cpuPercent).toBeLessThan(20);
  });

  it('count no files that the kernel could drop', async () => {
    const script = 'head -c 128M /dev/zero >/file; sync /file; touch /ready; exec sleep 600';
    await using container = await startContainer(engine, script);
    await ready(container);
    expect((await container.stats()).memoryBytes).toBeLessThan(64 * MIB);
  });

  it('count a busy CPU', async () => {
    await using container = await startContainer(engine, 'touch /ready; while :; do :; done');
    await ready(container);
    const { cpuPercent } = await container.stats();
    // Other work on the machine may leave it less than a whole core, never more.
    expect(cpuPercent).toBeGreaterThan(1);
    expect(cpuPercent).toBeLessThan(115);
  });

  it('are CONTAINER_GONE for a container that has ended or is ended', async () => {
    await using container = await startContainer(engine, 'exec sleep 600');
    const sample = container.stats();
    sample.catch(() => undefined);
    await container.remove();
    await expect(sample).rejects.toMatchObject({ code: 'CONTAINER_GONE' });
    await expect(container.stats()).rejects.toMatchObject({ code: 'CONTAINER_GONE' });
  });

  it('end with the signal', async () => {
    await using container = await startContainer(engine, 'exec sleep 600');
    const interrupt = new AbortController();
    const sample = container.stats(interrupt.signal);
    interrupt.abort();
    await expect(sample).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});
