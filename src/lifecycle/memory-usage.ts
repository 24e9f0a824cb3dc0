/** The figures of a memory cgroup by their names in `memory.stat`, in bytes. */
export type MemoryStat = Readonly<Record<string, number>>;

/**
 * What a container uses of its memory limit, in bytes: without files that the kernel could drop. cgroup version 1 has
 * figures that begin with `total_`, version 2 has not. Source: guardian rundmc/runrunc/stats.go, `calculateTotalUsage`.
 */
export function memoryUsageBytes(stat: MemoryStat): number {
  const sum = (...names: string[]) => names.reduce((total, name) => total + (stat[name] ?? 0), 0);
  const usage =
    stat['total_inactive_file'] === undefined
      ? sum('file', 'anon', 'swapcached') - sum('inactive_file')
      : sum('total_rss', 'total_cache', 'total_swap') - sum('total_inactive_file');
  return Math.max(usage, 0);
}

/** Reads `memory.stat`: a name and a number per line. */
export function parseMemoryStat(text: string): MemoryStat {
  return Object.fromEntries(
    [...text.matchAll(/^(\w+) (\d+)$/gm)].map(([, name = '', value]) => [name, Number(value)]),
  );
}
