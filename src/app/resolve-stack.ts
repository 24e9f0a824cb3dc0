import { createReadStream } from 'node:fs';
import type { Engine } from '../engine/engine.ts';
import { CfstageError } from '../errors.ts';
import {
  buildStandIn,
  canBuildStandIn,
  readStackDefinitions,
  readStandInDigest,
} from '../host/stack-definitions.ts';
import type { Emit } from '../logs/event.ts';
import {
  findStack,
  resolveStackChoice,
  type StackPolicy,
  type StackState,
  type StandInChoice,
} from '../stack/stack-choice.ts';
import type { StackDefinition } from '../stack/stack.ts';
import { STAND_IN_DIGEST_LABEL, standInImage, standInLabels } from '../stack/stand-in.ts';
import type { Workbench } from './workbench.ts';

/** Source: capi-release cloud_controller_ng spec, `default_stack`, as cf-deployment sets it. */
export const DEFAULT_STACK = 'cflinuxfs4';

/** The image that containers are made from. */
export interface ResolvedStack {
  readonly name: string;
  readonly image: string;
  /** Of a real image; a stand-in is whatever this machine is. */
  readonly platform?: string;
}

/** How a stack's name becomes an image. */
export type StackFinder = (name: string, signal: AbortSignal) => Promise<ResolvedStack>;

/** Finds stacks on the engine, pulled or built if need be. */
export function stackOnEngine(
  { stackPolicy }: { readonly stackPolicy?: StackPolicy },
  { cell, emit }: Workbench,
): StackFinder {
  return (name, signal) => resolveStack(name, stackPolicy, cell.engine, emit, signal);
}

/** The real image's reference, whether it is anywhere or not: for a plan that touches no engine. */
export const stackByDefinition: StackFinder = async (name) => {
  const { image, platform } = findStack(name, await readStackDefinitions());
  return { name, image, platform };
};

/** The image of a stack, pulled or built if need be. Raises STACK_UNKNOWN and STACK_UNAVAILABLE. */
export async function resolveStack(
  name: string,
  policy: StackPolicy | undefined,
  engine: Engine,
  emit: Emit,
  signal: AbortSignal,
): Promise<ResolvedStack> {
  const definition = findStack(name, await readStackDefinitions());
  const choice = resolveStackChoice(definition, await stackState(definition, engine), policy);
  const real = { name, image: definition.image, platform: definition.platform };
  if (choice.action === 'use-image') return real;
  if (choice.action !== 'pull') return await useStandIn(definition, choice, engine, emit, signal);
  try {
    await pullStack(definition, engine, emit, signal);
    return real;
  } catch (error) {
    const unavailable = error instanceof CfstageError && error.code === 'STACK_UNAVAILABLE';
    if (!unavailable || choice.otherwise === undefined) throw error;
    return await useStandIn(definition, choice.otherwise, engine, emit, signal);
  }
}

/** What the engine holds of a stack and what could be built. */
export async function stackState(definition: StackDefinition, engine: Engine): Promise<StackState> {
  const [image, standIn, digest, buildable] = await Promise.all([
    engine.image(definition.image),
    engine.image(standInImage(definition.name)),
    readStandInDigest(definition.name),
    canBuildStandIn(),
  ]);
  const current = standIn?.labels[STAND_IN_DIGEST_LABEL] === digest;
  return {
    imagePresent: image !== undefined,
    standIn: standIn === undefined ? 'absent' : current ? 'current' : 'outdated',
    buildable,
  };
}

export async function pullStack(
  { image, platform }: StackDefinition,
  engine: Engine,
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  const onProgress = ({ received, total }: { received: number; total: number }) => {
    void emit({ type: 'progress', what: `Pulling ${image}`, received, total });
  };
  await engine.pullImage(image, platform, onProgress, signal);
}

/** Builds a stack's stand-in and imports it. */
export async function buildStack(
  { name }: StackDefinition,
  engine: Engine,
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  await emit({
    type: 'notice',
    message: `Building the stand-in for ${name} from the distribution's packages...`,
  });
  const labels = standInLabels(name, await readStandInDigest(name));
  const [repository = '', tag = ''] = standInImage(name).split(':');
  const before = await engine.image(standInImage(name));
  await buildStandIn(
    name,
    (tar) => engine.importImage(createReadStream(tar), { repository, tag, labels }, signal),
    signal,
  );
  if (before !== undefined) await engine.removeImage(before.id).catch(() => undefined);
}

async function useStandIn(
  definition: StackDefinition,
  choice: StandInChoice,
  engine: Engine,
  emit: Emit,
  signal: AbortSignal,
): Promise<ResolvedStack> {
  if (choice.action === 'build-stand-in') await buildStack(definition, engine, emit, signal);
  const outdated = choice.action === 'use-stand-in' && choice.outdated ? ' (of an older definition)' : '';
  await emit({
    type: 'warning',
    message: `Using the stand-in for ${definition.name}${outdated}, not its real image: it has the same user, paths and tools, but other versions.`,
  });
  return { name: definition.name, image: choice.image };
}
