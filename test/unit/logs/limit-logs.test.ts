import { describe, expect, it } from 'vitest';
import { emitTo } from '../../../src/logs/emitter.ts';
import { limitLogs } from '../../../src/logs/limit-logs.ts';
import { MemorySink } from '../../../src/logs/memory-sink.ts';

const out = { type: 'log', app: 'a', source: 'APP/PROC/WEB/0', stream: 'OUT' } as const;
const sidecar = { ...out, source: 'APP/PROC/WEB/SIDECAR/S/0', stream: 'ERR' } as const;

function limited(bytesPerSecond: number) {
  const memory = new MemorySink();
  const clock = { now: 0 };
  const emit = limitLogs(
    emitTo([memory], () => 0),
    bytesPerSecond,
    () => clock.now,
  );
  const seen = () => memory.logs.map(({ source, stream, message }) => `[${source}] ${stream} ${message}`);
  return { memory, clock, emit, seen };
}

describe('limitLogs', () => {
  it('says on the source of the excess, on OUT, that the sources together were too much', async () => {
    const { clock, emit, seen } = limited(10);
    await emit({ ...out, message: '12345678' });
    await emit({ ...sidecar, message: 'abc' });
    await emit({ ...out, message: 'x' });
    clock.now = 999;
    await emit({ ...sidecar, message: 'y' });
    clock.now = 1000;
    await emit({ ...out, message: 'back' });
    expect(seen()).toEqual([
      '[APP/PROC/WEB/0] OUT 12345678',
      '[APP/PROC/WEB/SIDECAR/S/0] OUT app instance exceeded log rate limit (10 bytes/sec)',
      '[APP/PROC/WEB/0] OUT back',
    ]);
  });

  it('counts bytes, not characters', async () => {
    const { emit, seen } = limited(4);
    await emit({ ...out, message: 'üü' });
    await emit({ ...out, message: 'x' });
    expect(seen()).toHaveLength(2);
  });

  it('drops every line with a limit of 0, and nothing that is no line', async () => {
    const { memory, emit } = limited(0);
    await emit({ ...out, message: 'x' });
    await emit({ type: 'notice', message: 'n' });
    expect(memory.events).toEqual([{ type: 'notice', message: 'n', time: 0 }]);
  });

  it('passes on that a consumer is behind, and is not there with a limit of -1', async () => {
    const behind = Promise.resolve();
    const emit = () => behind;
    expect(limitLogs(emit, -1)).toBe(emit);
    expect(limitLogs(emit, 1)({ ...out, message: 'x' })).toBe(behind);
    expect(limitLogs(emit, 1)({ ...out, message: 'xx' })).toBe(behind);
    await behind;
  });
});
