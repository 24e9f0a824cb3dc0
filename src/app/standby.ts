import type { Readable } from 'node:stream';
import { runToEnd } from '../engine/run-to-end.ts';
import { CfstageError, orInterrupted } from '../errors.ts';
import { DROPLET_DIR } from '../lifecycle/container-paths.ts';
import type { DropletEntry, WatchedDroplet } from '../stager/watched-droplet.ts';
import { slotsOf, type AppSettings } from './app-settings.ts';
import { dropletDifference } from './droplet-difference.ts';
import { InstanceStarter, type AwaitServices, type PreparedInstance } from './instance-starter.ts';
import { instanceContainer } from './plan-instance.ts';
import { disposeAll } from './together.ts';
import type { Workbench } from './workbench.ts';

type Entries = ReadonlyMap<string, DropletEntry>;

/** A container that waits. `holds`: what of a droplet is in it already. */
interface Spare {
  readonly instance: PreparedInstance;
  readonly madeFrom: string;
  holds: Entries;
}

/**
 * A container for the first instance of the next generation, made ahead of time and filled with the last droplet, so that
 * only the difference has to be sent. Disposing removes it.
 */
export class Standby implements AsyncDisposable {
  readonly #awaitServices: AwaitServices;
  readonly #workbench: Workbench;
  readonly #lifetime = new AbortController();
  #turn: Promise<void> = Promise.resolve();
  #spare: Promise<Spare> | undefined;
  /** Of spares that nobody wants any more. */
  readonly #leaving = new Set<Promise<void>>();

  constructor(awaitServices: AwaitServices, workbench: Workbench) {
    this.#awaitServices = awaitServices;
    this.#workbench = workbench;
  }

  /** Begins to make a container for these settings, unless the one that is there would do. One after the other. */
  async ensure(settings: AppSettings): Promise<void> {
    const turn = this.#turn.then(() => this.#ensure(settings));
    this.#turn = turn.catch(() => undefined);
    await turn;
  }

  async #ensure(settings: AppSettings): Promise<void> {
    const [slot] = slotsOf(settings.app);
    const spare = this.#spare && (await this.#spare.catch(() => undefined));
    if (slot && spare && spare.madeFrom === madeFrom(settings, spare.instance, slot)) return;
    this.#giveUp(spare);
    this.#spare =
      slot === undefined || this.#lifetime.signal.aborted ? undefined : this.#make(settings, slot);
    this.#spare?.catch(() => undefined);
  }

  /** Unpacks a droplet in the container that waits; without one the tar is read to its end. */
  async fill(tar: Readable, entries: Entries, signal: AbortSignal): Promise<void> {
    const spare = await this.#spare?.catch(() => undefined);
    if (spare === undefined) {
      tar.resume();
      return;
    }
    await spare.instance.container.upload(tar, DROPLET_DIR, signal);
    spare.holds = entries;
  }

  /**
   * The container, with this droplet in it, to be launched with these settings; undefined when no instance is wanted. It
   * is the caller's.
   */
  async take(
    settings: AppSettings,
    droplet: WatchedDroplet,
    signal: AbortSignal,
  ): Promise<PreparedInstance | undefined> {
    await this.ensure(settings);
    const pending = this.#spare;
    if (pending === undefined) return undefined;
    const { instance, holds } = await orInterrupted(pending, signal);
    // From here on it may hold a part of this droplet.
    this.#spare = undefined;
    try {
      await this.#complete(settings, instance, holds, droplet, signal);
      return instance;
    } catch (error) {
      await disposeAll(instance);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lifetime.abort(new CfstageError('INTERRUPTED', 'The watch has ended'));
    await this.#turn;
    this.#giveUp(await this.#spare?.catch(() => undefined));
    this.#spare = undefined;
    await Promise.all(this.#leaving);
  }

  async #make(settings: AppSettings, slot: ReturnType<typeof slotsOf>[number]): Promise<Spare> {
    const instance = await this.#starter(settings).prepare(slot, this.#lifetime.signal);
    return { instance, madeFrom: madeFrom(settings, instance, slot), holds: new Map() };
  }

  async #complete(
    settings: AppSettings,
    instance: PreparedInstance,
    holds: Entries,
    droplet: WatchedDroplet,
    signal: AbortSignal,
  ): Promise<void> {
    const { entries } = droplet;
    const { removed, sent } = dropletDifference(holds, entries);
    // A name that is no text cannot be given to a command: then all of it goes.
    const isWhole = holds.size === 0 || removed.some((path) => path.includes('\uFFFD'));
    const leftover = isWhole ? topmost(holds) : removed;
    if (leftover.length > 0) await remove(instance, leftover, signal);
    const tar = isWhole ? await droplet.openDroplet(signal) : await droplet.openPart(sent, signal);
    await this.#starter(settings).fill(instance, droplet, { tar, bytes: () => sizeOf(entries) }, signal);
  }

  #starter(settings: AppSettings): InstanceStarter {
    return new InstanceStarter({ ...settings, port: 0 }, this.#awaitServices, this.#workbench);
  }

  #giveUp(spare: Spare | undefined): void {
    if (spare === undefined) return;
    const left = disposeAll(spare.instance).catch(() => undefined);
    this.#leaving.add(left);
    void left.then(() => this.#leaving.delete(left));
  }
}

/** What a container is made from, before any droplet is in it. */
function madeFrom(
  settings: AppSettings,
  instance: PreparedInstance,
  slot: ReturnType<typeof slotsOf>[number],
): string {
  const { services, caCertificates } = settings;
  const spec = instanceContainer(settings, { ...instance, ...slot });
  return JSON.stringify([slot.process.type, slot.index, spec, services.files, caCertificates]);
}

async function remove(
  { container }: PreparedInstance,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const argv = ['xargs', '-0', 'rm', '-rf', '--'];
  const spec = { argv, env: {}, user: 'root', workingDir: DROPLET_DIR };
  const { exitCode, stderr } = await runToEnd(
    container,
    spec,
    signal,
    paths.map((path) => `./${path}\0`).join(''),
  );
  if (exitCode === 0) return;
  throw new CfstageError(
    'ENGINE_FAILED',
    `The container that was prepared could not be changed: ${stderr.toString()}`,
    {
      hint: 'Stage from nothing.',
    },
  );
}

function topmost(entries: Entries): readonly string[] {
  return [...entries.keys()].filter((path) => !path.includes('/'));
}

function sizeOf(entries: Entries): number {
  let bytes = 0;
  for (const { size } of entries.values()) bytes += size;
  return bytes;
}
