import { formatByteSize } from '../lifecycle/byte-format.ts';
import { cellSource, healthSource } from '../lifecycle/log-sources.ts';
import type { Emit, OutputStream } from '../logs/event.ts';
import { limitLogs } from '../logs/limit-logs.ts';
import type { LaunchPlan } from '../plan/launch-plan.ts';

/** What a cell says around the life of an instance. Source: executor depot (§2.8 to §2.11 of the facts). */
export class AppLog {
  /**
   * Where the instance's own lines go, within its log rate limit: of its processes, of checks and downloads. What the
   * cell says of its container goes past it. Source: executor depot/containerstore/storenode.go, depot/steps.
   */
  readonly output: Emit;
  readonly #emit: Emit;
  readonly #plan: LaunchPlan;
  readonly #cell: string;

  constructor(emit: Emit, plan: LaunchPlan, cell: string) {
    this.output = limitLogs(emit, plan.logRateLimitBytes);
    this.#emit = emit;
    this.#plan = plan;
    this.#cell = cell;
  }

  created(): void {
    this.#cellSays('OUT', `Cell ${this.#cell} creating container for instance ${this.#plan.instanceGuid}`);
    this.#cellSays(
      'OUT',
      `Cell ${this.#cell} successfully created container for instance ${this.#plan.instanceGuid}`,
    );
    this.#stepSays('Downloading droplet...');
  }

  downloaded(bytes: number): void {
    this.#stepSays(`Downloaded droplet (${formatByteSize(bytes)})`);
  }

  monitoring(): void {
    this.#stepSays('Starting health monitoring of container');
  }

  healthy(): void {
    this.#stepSays('Container became healthy');
  }

  /** Answers the reason of the crash that this is. Source: executor depot/steps/health_check_step.go. */
  neverHealthy(timeoutSeconds: number, attempts: string, detail: string, elapsedMs: number): string {
    const elapsed = `${(elapsedMs / 1000).toFixed(3)}s`;
    const text = `Timed out after ${goDuration(timeoutSeconds)} (${attempts} attempts) waiting for startup check to succeed: ${detail}`;
    this.line(healthSource(this.#plan.index), 'ERR', text);
    this.line(
      cellSource(this.#plan.index),
      'ERR',
      `Failed after ${elapsed}: startup health check never passed.`,
    );
    return `Instance never healthy after ${elapsed}: ${text}`;
  }

  unhealthy(detail: string): void {
    this.line(healthSource(this.#plan.index), 'ERR', `Liveness check unsuccessful: ${detail}`);
    this.line(cellSource(this.#plan.index), 'ERR', 'Container became unhealthy');
  }

  monitoringReadiness(): void {
    this.#healthSays('Starting readiness health monitoring of container');
  }

  ready(): void {
    this.#healthSays(
      'Container passed the readiness health check. Container marked ready and added to route pool.',
    );
  }

  notReady(): void {
    this.#healthSays(
      'Container failed the readiness health check. Container marked not ready and removed from route pool.',
    );
  }

  diskExceeded(diskMb: number): void {
    this.#cellSays('ERR', `Disk quota exceeded: more than ${diskMb}M written`);
  }

  stopping(): void {
    this.#cellSays('OUT', `Cell ${this.#cell} stopping instance ${this.#plan.instanceGuid}`);
  }

  destroying(): void {
    this.#cellSays('OUT', `Cell ${this.#cell} destroying container for instance ${this.#plan.instanceGuid}`);
  }

  destroyed(): void {
    this.#cellSays(
      'OUT',
      `Cell ${this.#cell} successfully destroyed container for instance ${this.#plan.instanceGuid}`,
    );
  }

  /** Within the log rate limit. */
  line(source: string, stream: OutputStream, message: string): void {
    void this.output({ type: 'log', app: this.#plan.app, source, stream, message });
  }

  #healthSays(message: string): void {
    this.line(healthSource(this.#plan.index), 'OUT', message);
  }

  #stepSays(message: string): void {
    this.line(cellSource(this.#plan.index), 'OUT', message);
  }

  /** Past the log rate limit. */
  #cellSays(stream: OutputStream, message: string): void {
    const source = cellSource(this.#plan.index);
    void this.#emit({ type: 'log', app: this.#plan.app, source, stream, message });
  }
}

/** Whole seconds as Go prints a duration: `45s`, `1m0s`. */
function goDuration(seconds: number): string {
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
