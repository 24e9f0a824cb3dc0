import type { Readable } from 'node:stream';
import type { Container } from '../engine/engine.ts';
import { publishAddress } from '../engine/publish-address.ts';
import { CfstageError, orInterrupted } from '../errors.ts';
import { prepareAppContainer } from '../launcher/app-container.ts';
import {
  fillContainer,
  launch,
  type DropletStream,
  type LaunchContext,
  type LaunchOutcome,
} from '../launcher/launcher.ts';
import type { StartInstance } from '../launcher/supervised-instance.ts';
import type { AppSettings, PlannedSlot } from './app-settings.ts';
import { beginIdentity, issuerFor } from './container-identity.ts';
import { newInstanceGuid } from './identity.ts';
import { instanceContainer, planInstance, type DropletFacts, type InstanceFacts } from './plan-instance.ts';
import { ensurePrivateNetwork } from './private-network.ts';
import type { Workbench } from './workbench.ts';

/** A droplet that can be unpacked as often as it takes. */
export interface RunnableDroplet extends AsyncDisposable {
  open(signal: AbortSignal): Readable;
}

/** A container that waits for its droplet, or has it. Until it is launched it is its holder's to remove. */
export interface PreparedInstance extends InstanceFacts, AsyncDisposable {
  readonly container: Container;
}

/** Resolves when the backing services of an app can be reached from a container. */
export type AwaitServices = (from: Container, signal: AbortSignal) => Promise<void>;

/** Makes the instances of one app. */
export class InstanceStarter {
  readonly #settings: AppSettings;
  readonly #workbench: Workbench;
  readonly #awaitServices: AwaitServices;
  #servicesReached: Promise<void> | undefined;
  /** Where the instance before was reached, so that the next one is reached there, too. */
  readonly #lastPorts = new Map<string, number>();

  constructor(settings: AppSettings, awaitServices: AwaitServices, workbench: Workbench) {
    this.#awaitServices = awaitServices;
    this.#settings = settings;
    this.#workbench = workbench;
  }

  /** A container for a new instance. It depends on nothing that staging finds out. */
  async prepare(slot: PlannedSlot, signal: AbortSignal): Promise<PreparedInstance> {
    try {
      return await this.#prepare(slot, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof CfstageError && error.code === 'ENGINE_FAILED')) throw error;
      // Somebody else may have taken the port of the instance before, or removed the network.
      this.#lastPorts.delete(key(slot));
      await ensurePrivateNetwork(this.#workbench);
      return await this.#prepare(slot, signal);
    }
  }

  async #prepare(slot: PlannedSlot, signal: AbortSignal): Promise<PreparedInstance> {
    const { cell, home } = this.#workbench;
    const { facts, caCertificates, app, services } = this.#settings;
    const identity = beginIdentity(home);
    const guid = newInstanceGuid();
    const publish = { hostPort: this.#hostPort(slot), hostAddress: publishAddress(cell.engine) };
    const instance = { ...slot, guid, publish, home: cell.session.home };
    const files = {
      caCertificates,
      serviceFiles: services.files,
      issueCredentials: issuerFor(identity, guid, facts),
    };
    const purpose = {
      app: app.name,
      role: 'app' as const,
      instance: { process: slot.process.type, index: slot.index, guid },
    };
    const spec = instanceContainer(this.#settings, instance);
    const container = await prepareAppContainer(cell, purpose, spec, files, signal);
    return { ...instance, container, [Symbol.asyncDispose]: () => container.remove() };
  }

  /** Unpacks the droplet in a prepared container. When this throws the container is gone. */
  async fill(
    instance: PreparedInstance,
    droplet: DropletFacts,
    stream: DropletStream,
    signal: AbortSignal,
  ): Promise<void> {
    const plan = planInstance(this.#settings, instance, droplet);
    await fillContainer(plan, instance.container, stream, this.#context, signal);
  }

  async launch(
    instance: PreparedInstance,
    droplet: DropletFacts,
    signal: AbortSignal,
  ): Promise<LaunchOutcome> {
    // Those that were reached once are not asked again: an app of a foundation is not held back by them either.
    this.#servicesReached ??= this.#awaitServices(instance.container, signal);
    await this.#servicesReached;
    const plan = planInstance(this.#settings, instance, droplet);
    const outcome = await launch(plan, instance.container, this.#context, signal);
    if (outcome.kind === 'started') this.#lastPorts.set(key(instance), outcome.hostPort);
    return outcome;
  }

  /** How a place of the app gets its instances: the first one may be filled already, the others are made anew. */
  source(
    slot: PlannedSlot,
    facts: DropletFacts,
    droplet: Promise<RunnableDroplet>,
    filled?: PreparedInstance,
  ): StartInstance {
    let first = filled;
    return async (onContainer, signal) => {
      const ready = first;
      first = undefined;
      const instance = ready ?? (await this.prepare(slot, signal));
      onContainer(instance.guid);
      try {
        if (ready === undefined) {
          await this.#refill(instance, facts, await orInterrupted(droplet, signal), signal);
        }
        return await this.launch(instance, facts, signal);
      } catch (error) {
        await instance.container.remove();
        throw error;
      }
    };
  }

  async #refill(
    instance: PreparedInstance,
    facts: DropletFacts,
    droplet: RunnableDroplet,
    signal: AbortSignal,
  ): Promise<void> {
    let bytes = 0;
    const tar = droplet.open(signal);
    tar.on('data', (chunk: Buffer) => (bytes += chunk.length));
    tar.pause();
    await this.fill(instance, facts, { tar, bytes: () => bytes }, signal);
  }

  get #context(): LaunchContext {
    const { cell, emit } = this.#workbench;
    return { cellId: cell.id, emit };
  }

  #hostPort(slot: PlannedSlot): number {
    const { port } = this.#settings;
    if (port !== 0 && slot.process.type === 'web') return port + slot.index;
    return this.#lastPorts.get(key(slot)) ?? 0;
  }
}

function key({ process, index }: PlannedSlot): string {
  return `${process.type}/${index}`;
}
