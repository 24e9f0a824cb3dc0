import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { homeAt, type Home } from '../host/home.ts';
import { makeTempDir, type TempDir } from '../host/temp-dir.ts';
import { absoluteBuildpack, servicesText, type RequestPaths } from './deploy-request.ts';
import type { BuildpackRef, DeploySettings } from './deploy-settings.ts';
import type { Source } from './deploy.ts';
import { Fixture, placePath } from './fixture.ts';
import { makeFixture } from './make-fixture.ts';

/** The files of one platform: its own state folder, and what deployments are made from. */
export class PlatformFolder implements AsyncDisposable {
  readonly home: string;
  readonly #folder: TempDir;
  /** A buildpack that is a fixture is made once, so that its path, and with it its cache, stay the same. */
  readonly #fixtures = new Map<Fixture, Promise<string>>();
  #count = 0;

  private constructor(folder: TempDir) {
    this.#folder = folder;
    this.home = join(folder.path, 'home');
  }

  /** Downloads, and the authority of instance identities, which takes long to make, are those of the user's state folder. */
  static async make(shared: Home): Promise<PlatformFolder> {
    const folder = new PlatformFolder(await makeTempDir('testing'));
    try {
      const own = homeAt(folder.home);
      await mkdir(own.root, { mode: 0o700 });
      for (const [path, target] of [
        [own.downloads, shared.downloads],
        [own.identity, shared.identity],
      ] as const) {
        await mkdir(target, { recursive: true, mode: 0o700 });
        await symlink(target, path);
      }
      return folder;
    } catch (error) {
      await folder[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Makes what a deployment needs as files. */
  async prepare(source: Source, settings: DeploySettings): Promise<RequestPaths> {
    const [path, buildpacks, servicesFile] = await Promise.all([
      this.#source(source),
      settings.buildpacks === undefined
        ? undefined
        : Promise.all(settings.buildpacks.map((reference) => this.buildpack(reference))),
      Object.keys(settings.services).length === 0 ? undefined : this.#services(settings),
    ]);
    const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
    return { source: path, folder: isFolder ? path : dirname(path), buildpacks, servicesFile };
  }

  /** How a buildpack is to be named in a request. */
  async buildpack(reference: BuildpackRef): Promise<string> {
    if (typeof reference === 'string') return absoluteBuildpack(reference);
    if (!(reference instanceof Fixture)) {
      return reference.protocol === 'file:' ? placePath(reference) : reference.href;
    }
    const made = this.#fixtures.get(reference) ?? this.#fixture(reference);
    this.#fixtures.set(reference, made);
    return await made;
  }

  async #source(source: Source): Promise<string> {
    return source instanceof Fixture ? await this.#fixture(source) : resolve(placePath(source));
  }

  async #fixture(fixture: Fixture): Promise<string> {
    return await makeFixture(fixture, await this.#newFolder());
  }

  async #services(settings: DeploySettings): Promise<string> {
    const path = join(await this.#newFolder(), 'services.yml');
    await writeFile(path, servicesText(settings), { mode: 0o600 });
    return path;
  }

  async #newFolder(): Promise<string> {
    const path = join(this.#folder.path, String((this.#count += 1)));
    await mkdir(path);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
  }
}
