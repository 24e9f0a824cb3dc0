import { STAGING_SOURCE } from '../lifecycle/log-sources.ts';
import { formatByteSize } from '../lifecycle/byte-format.ts';
import type { Emit, OutputStream } from '../logs/event.ts';
import { limitLogs } from '../logs/limit-logs.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';

/** What a cell says around the scripts of a staging, in the order of a real one. Source: executor depot (§1.11). */
export class StagingLog {
  /** Where the lines of the staging go, within its log rate limit. What the cell says of its container goes past it. */
  readonly output: Emit;
  readonly #emit: Emit;
  readonly #app: string;
  readonly #cell: string;
  readonly #guid: string;

  constructor(emit: Emit, plan: StagingPlan, cell: string) {
    this.output = limitLogs(emit, plan.logRateLimitBytes);
    this.#emit = emit;
    this.#app = plan.app;
    this.#cell = cell;
    this.#guid = plan.buildGuid;
  }

  downloadedBuildpacks(names: readonly string[]): void {
    for (const name of names) this.#cellSays('OUT', `Downloading ${name}...`);
    for (const name of names) this.#cellSays('OUT', `Downloaded ${name}`);
  }

  creating(): void {
    this.#cellSays('OUT', `Cell ${this.#cell} creating container for instance ${this.#guid}`);
  }

  created(hasCache: boolean): void {
    this.#cellSays('OUT', `Cell ${this.#cell} successfully created container for instance ${this.#guid}`);
    this.out('Downloading app package...');
    if (hasCache) this.out('Downloading build artifacts cache...');
  }

  downloaded(packageBytes: number, cacheBytes: number | undefined): void {
    if (cacheBytes !== undefined)
      this.out(`Downloaded build artifacts cache (${formatByteSize(cacheBytes)})`);
    this.out(`Downloaded app package (${formatByteSize(packageBytes)})`);
  }

  notCreated(error: string): void {
    this.#cellSays(
      'ERR',
      `Cell ${this.#cell} failed to create container for instance ${this.#guid}: ${error}`,
    );
  }

  exitStatus(status: number, outOfMemory = false): void {
    this.out(`Exit status ${status}${outOfMemory ? ' (out of memory)' : ''}`);
  }

  uploading(): void {
    this.out('Uploading droplet, build artifacts cache...');
    this.out('Uploading droplet...');
    this.out('Uploading build artifacts cache...');
  }

  uploaded(sizes: { readonly droplet: number; readonly cache: number }): void {
    this.out(`Uploaded build artifacts cache (${formatByteSize(sizes.cache)})`);
    this.out(`Uploaded droplet (${formatByteSize(sizes.droplet)})`);
    this.out('Uploading complete');
  }

  stopping(): void {
    this.#cellSays('OUT', `Cell ${this.#cell} stopping instance ${this.#guid}`);
    this.#cellSays('OUT', `Cell ${this.#cell} destroying container for instance ${this.#guid}`);
  }

  destroyed(): void {
    this.#cellSays('OUT', `Cell ${this.#cell} successfully destroyed container for instance ${this.#guid}`);
  }

  out(message: string): void {
    void this.output(this.#line('OUT', message));
  }

  err(message: string): void {
    void this.output(this.#line('ERR', message));
  }

  #cellSays(stream: OutputStream, message: string): void {
    void this.#emit(this.#line(stream, message));
  }

  #line(stream: OutputStream, message: string) {
    return { type: 'log', app: this.#app, source: STAGING_SOURCE, stream, message } as const;
  }
}
