import { STAGING_SOURCE } from '../lifecycle/log-sources.ts';
import { formatByteSize } from '../lifecycle/byte-format.ts';
import type { Emit } from '../logs/event.ts';

/** What a cell says around the scripts of a staging, in the order of a real one. Source: executor depot (§1.11). */
export class StagingLog {
  readonly #emit: Emit;
  readonly #app: string;
  readonly #cell: string;
  readonly #guid: string;

  constructor(emit: Emit, app: string, cell: string, guid: string) {
    this.#emit = emit;
    this.#app = app;
    this.#cell = cell;
    this.#guid = guid;
  }

  downloadedBuildpacks(names: readonly string[]): void {
    for (const name of names) this.out(`Downloading ${name}...`);
    for (const name of names) this.out(`Downloaded ${name}`);
  }

  creating(): void {
    this.out(`Cell ${this.#cell} creating container for instance ${this.#guid}`);
  }

  created(hasCache: boolean): void {
    this.out(`Cell ${this.#cell} successfully created container for instance ${this.#guid}`);
    this.out('Downloading app package...');
    if (hasCache) this.out('Downloading build artifacts cache...');
  }

  downloaded(packageBytes: number, cacheBytes: number | undefined): void {
    if (cacheBytes !== undefined)
      this.out(`Downloaded build artifacts cache (${formatByteSize(cacheBytes)})`);
    this.out(`Downloaded app package (${formatByteSize(packageBytes)})`);
  }

  notCreated(error: string): void {
    this.err(`Cell ${this.#cell} failed to create container for instance ${this.#guid}: ${error}`);
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
    this.out(`Cell ${this.#cell} stopping instance ${this.#guid}`);
    this.out(`Cell ${this.#cell} destroying container for instance ${this.#guid}`);
  }

  destroyed(): void {
    this.out(`Cell ${this.#cell} successfully destroyed container for instance ${this.#guid}`);
  }

  out(message: string): void {
    void this.#emit({ type: 'log', app: this.#app, source: STAGING_SOURCE, stream: 'OUT', message });
  }

  err(message: string): void {
    void this.#emit({ type: 'log', app: this.#app, source: STAGING_SOURCE, stream: 'ERR', message });
  }
}
