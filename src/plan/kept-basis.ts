import { meaning } from './changed-variable.ts';
import type { InputFingerprints, TreeFingerprint } from './input-fingerprints.ts';
import { containerParts, OTHER_PLATFORM } from './new-container.ts';
import type { StagingPlan } from './staging-plan.ts';

/** Tells texts apart without giving them away. */
export type Digest = (text: string) => string;

type KeptTree = readonly (readonly [path: string, version: string])[];

/** What a staging was made from, as JSON can hold it; what may be a secret is there as a digest only. */
export interface KeptBasis {
  readonly parts: readonly (readonly [reason: string, digest: string])[];
  readonly env: Readonly<Record<string, string>>;
  readonly bits: KeptTree;
  readonly buildpacks: readonly KeptTree[];
  readonly cache: string;
  readonly platform: string;
  readonly services: string;
}

/** A plan and its inputs, to be compared with the next ones. */
export interface Basis {
  readonly plan: StagingPlan;
  readonly inputs: InputFingerprints;
}

export function keepBasis({ plan, inputs }: Basis, digest: Digest): KeptBasis {
  return {
    parts: containerParts(plan).map(([reason, part]) => [reason, digest(part)]),
    env: Object.fromEntries(
      Object.entries(plan.env).map(([name, value]) => [name, digest(meaning(name, value) ?? '')]),
    ),
    bits: [...inputs.bits],
    buildpacks: inputs.buildpacks.map((tree) => [...tree]),
    cache: inputs.cache,
    platform: digest(inputs.platform),
    services: digest(inputs.services),
  };
}

/**
 * A plan and inputs that differ from the next ones as the kept ones do. Answers why a new container is needed where it
 * is.
 */
export function restoreBasis(
  kept: KeptBasis,
  { plan, inputs }: Basis,
  digest: Digest,
): Basis | { readonly reason: string } {
  const were = new Map(kept.parts);
  const other = containerParts(plan).find(([reason, part]) => were.get(reason) !== digest(part));
  if (other !== undefined) return { reason: other[0] };
  if (kept.platform !== digest(inputs.platform)) return { reason: OTHER_PLATFORM };
  const tree = (entries: KeptTree): TreeFingerprint => new Map(entries);
  const env = Object.entries(kept.env).map(([name, was]): [string, string] => {
    const value = plan.env[name];
    const isSame = value !== undefined && digest(meaning(name, value) ?? '') === was;
    return [name, isSame ? value : `another value: ${was}`];
  });
  return {
    plan: { ...plan, env: Object.fromEntries(env) },
    inputs: {
      bits: tree(kept.bits),
      buildpacks: kept.buildpacks.map(tree),
      cache: kept.cache,
      platform: inputs.platform,
      services: kept.services === digest(inputs.services) ? inputs.services : 'others',
    },
  };
}
