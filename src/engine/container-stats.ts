import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { memoryUsageBytes, parseMemoryStat } from '../lifecycle/memory-usage.ts';
import type { Container, ContainerStats } from './engine.ts';
import { runToEnd } from './run-to-end.ts';

/** What an engine's answer has of one moment. */
interface Reading {
  readonly read: string;
  readonly cpu_stats: { readonly cpu_usage: { readonly total_usage: number } };
  /** Podman gives no `stats`, and its `usage` counts files that the kernel could drop. */
  readonly memory_stats: { readonly stats?: Readonly<Record<string, number>> | null };
}

/** Engines sample at different intervals (Docker 1 s, Podman 5 s), so two readings are taken, and this much apart. */
const INTERVAL_MS = 1_000;

/** cgroup version 2, then 1. */
const MEMORY_STAT = 'cat /sys/fs/cgroup/memory.stat /sys/fs/cgroup/memory/memory.stat 2>/dev/null';

/** What a running container uses: its memory now, and its CPU over an interval of a second. */
export async function sampleStats(
  container: Container,
  engine: Docker.Container,
  signal: AbortSignal,
): Promise<ContainerStats> {
  const first = await takeReading(engine, signal);
  await delay(INTERVAL_MS, undefined, { signal });
  const second = await takeReading(engine, signal);
  const usedNanoseconds = second.cpu_stats.cpu_usage.total_usage - first.cpu_stats.cpu_usage.total_usage;
  const elapsedMs = Date.parse(second.read) - Date.parse(first.read);
  const stat = second.memory_stats.stats ?? (await readMemoryStat(container, signal));
  return {
    memoryBytes: memoryUsageBytes(stat),
    cpuPercent: elapsedMs > 0 ? Math.max(0, usedNanoseconds / (elapsedMs * 1e4)) : 0,
  };
}

async function takeReading(engine: Docker.Container, signal: AbortSignal): Promise<Reading> {
  const query = { stream: false, 'one-shot': true, abortSignal: signal } as const;
  return await engine.stats(query);
}

async function readMemoryStat(container: Container, signal: AbortSignal) {
  const argv = ['/bin/sh', '-c', MEMORY_STAT];
  const { stdout } = await runToEnd(container, { argv, env: {}, user: 'root', workingDir: '/' }, signal);
  return parseMemoryStat(stdout.toString('utf8'));
}
