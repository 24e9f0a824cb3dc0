import { describe, expect, it } from 'vitest';
import { memoryUsageBytes, parseMemoryStat } from '../../../src/lifecycle/memory-usage.ts';

describe('memoryUsageBytes', () => {
  it('leaves out inactive files, with cgroup version 1', () => {
    const stat = 'cache 1\nrss 1\ninactive_file 1\ntotal_cache 30\ntotal_rss 100\ntotal_inactive_file 20\n';
    expect(memoryUsageBytes(parseMemoryStat(stat))).toBe(110);
    expect(memoryUsageBytes(parseMemoryStat(`${stat}total_swap 5\n`))).toBe(115);
  });

  it('leaves out inactive files, with cgroup version 2', () => {
    expect(memoryUsageBytes(parseMemoryStat('anon 100\nfile 30\nswapcached 5\ninactive_file 20\n'))).toBe(
      115,
    );
  });

  it('is never below nothing', () => {
    expect(memoryUsageBytes({ anon: 1, file: 1, inactive_file: 3 })).toBe(0);
    expect(memoryUsageBytes({ total_rss: 1, total_cache: 1, total_inactive_file: 3 })).toBe(0);
  });
});
