import type { Entry } from '../archive/entry.ts';
import { packTrees, type Tree } from '../archive/pack-tree.ts';
import type { Container } from '../engine/engine.ts';
import { BUILD_DIR, VCAP } from '../lifecycle/container-paths.ts';
import type { InputFingerprints, TreeFingerprint } from '../plan/input-fingerprints.ts';
import type { StagingPlan } from '../plan/staging-plan.ts';
import { inputChanges } from '../snapshot/input-changes.ts';
import type { RewindAgent } from './rewind-agent.ts';
import type { StagingInputs } from './staging-trees.ts';

/** Inputs with what tells their versions apart, so that only what changed is sent. */
export interface VersionedInputs extends StagingInputs {
  readonly fingerprints: InputFingerprints;
}

/** Sends what has changed of the inputs since they were sent last. */
export class InputSync {
  readonly #container: Container;
  readonly #agent: RewindAgent;
  #bits: TreeFingerprint;
  readonly #buildpacks: TreeFingerprint[];

  constructor(container: Container, agent: RewindAgent, { bits, buildpacks }: InputFingerprints) {
    this.#container = container;
    this.#agent = agent;
    this.#bits = bits;
    this.#buildpacks = [...buildpacks];
  }

  /** Whether a redo has to begin with the first step, because its state holds other inputs. */
  changesFirstState({ buildpacks }: StagingPlan, { fingerprints }: VersionedInputs): boolean {
    return (
      !sameVersions(this.#bits, fingerprints.bits) ||
      buildpacks.some(({ writable }, i) => writable && !sameVersions(this.#sent(i), wanted(fingerprints, i)))
    );
  }

  /** Sends what is part of the first state, which the container must be in. When it throws, nobody knows what that holds. */
  async sendFirstState(plan: StagingPlan, inputs: VersionedInputs, signal: AbortSignal): Promise<void> {
    const { bits } = inputs.fingerprints;
    await this.#sendTree(BUILD_DIR, VCAP, this.#bits, bits, inputs.bits, signal);
    this.#bits = bits;
    await this.sendBuildpacks(plan, inputs, true, signal);
  }

  /** Sends the buildpacks that can change themselves, or those that cannot. Resolves with whether there was anything to send. */
  async sendBuildpacks(
    plan: StagingPlan,
    inputs: VersionedInputs,
    writable: boolean,
    signal: AbortSignal,
  ): Promise<boolean> {
    let some = false;
    for (const [i, buildpack] of plan.buildpacks.entries()) {
      const source = inputs.buildpacks[i];
      if (source === undefined || buildpack.writable !== writable) continue;
      const now = wanted(inputs.fingerprints, i);
      if (sameVersions(this.#sent(i), now)) continue;
      const owner = writable ? VCAP : { uid: 0, gid: 0 };
      await this.#sendTree(buildpack.path, owner, this.#sent(i), now, source, signal);
      this.#buildpacks[i] = now;
      some = true;
    }
    return some;
  }

  async #sendTree(
    root: string,
    owner: Tree['owner'],
    sent: TreeFingerprint,
    now: TreeFingerprint,
    source: { entries(): AsyncIterable<Entry> },
    signal: AbortSignal,
  ): Promise<void> {
    const { remove, send } = inputChanges(sent, now);
    const raw = (path: string) => Buffer.from(`${root}/${path}`).toString('latin1');
    await this.#agent.away(remove.map(raw));
    if (send.size === 0) return;
    const tree = { at: root.slice(1), owner, entries: only(send, source.entries()) };
    await this.#container.upload(packTrees([tree], signal), '/', signal);
  }

  #sent(i: number): TreeFingerprint {
    return this.#buildpacks[i] ?? new Map();
  }
}

function wanted({ buildpacks }: InputFingerprints, i: number): TreeFingerprint {
  return buildpacks[i] ?? new Map();
}

function sameVersions(a: TreeFingerprint, b: TreeFingerprint): boolean {
  if (a.size !== b.size) return false;
  for (const [path, version] of a) if (b.get(path) !== version) return false;
  return true;
}

async function* only(paths: ReadonlySet<string>, entries: AsyncIterable<Entry>): AsyncGenerator<Entry> {
  for await (const entry of entries) if (paths.has(entry.path)) yield entry;
}
