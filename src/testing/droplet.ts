import type { Readable } from 'node:stream';
import { findDropletFile, listDroplet, type DropletFile } from '../app/droplet-files.ts';
import type { StoredDroplet } from '../app/droplet-store.ts';
import type { StagingResult } from '../lifecycle/staging-result.ts';
import type { SidecarManifest } from '../manifest/manifest.ts';
import { CfstageError } from '../errors.ts';

/** What staging made. */
export class Droplet {
  /** result.json. */
  readonly result: StagingResult;
  /** The stack that it was made for. */
  readonly stack: string;
  /** Of the manifest, not of the buildpacks. */
  readonly sidecars: readonly SidecarManifest[];
  readonly #open: () => Readable;
  #files: Promise<readonly DropletFile[]> | undefined;

  constructor({ result, stack, app }: StoredDroplet, open: () => Readable) {
    this.result = result;
    this.stack = stack;
    this.sidecars = app.sidecars;
    this.#open = open;
  }

  /** What test runners show of it; they would follow every getter. */
  toJSON(): unknown {
    return { result: this.result, stack: this.stack };
  }

  /** All members, by path: `app/…`, `deps/0/…`, `staging_info.yml`. */
  async files(): Promise<readonly DropletFile[]> {
    return await (this.#files ??= listDroplet(this.#open()));
  }

  /** Bytes of all its files. */
  async size(): Promise<number> {
    return (await this.files()).reduce((sum, { size }) => sum + size, 0);
  }

  /** The text of a file, e.g. `deps/0/config.yml`. Raises USAGE. */
  async read(path: string): Promise<string> {
    return (await this.readBytes(path)).toString('utf8');
  }

  async readBytes(path: string): Promise<Buffer> {
    const found = await findDropletFile(this.#open(), path);
    if (found !== undefined) return found;
    throw new CfstageError('USAGE', `The droplet has no file ${path}`, {
      hint: 'Paths are relative to /home/vcap: app/…, deps/0/…; droplet.files() lists them.',
    });
  }
}
