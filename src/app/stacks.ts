import { CfstageError } from '../errors.ts';
import { canBuildStandIn, readStackDefinitions } from '../host/stack-definitions.ts';
import { findStack, type StandInState } from '../stack/stack-choice.ts';
import { standInImage } from '../stack/stand-in.ts';
import { buildStack, pullStack, stackState } from './resolve-stack.ts';
import type { Workbench } from './workbench.ts';

/** One line of `cfstage stacks`. */
export interface StackSummary {
  readonly name: string;
  readonly description: string;
  readonly image: string;
  readonly imagePresent: boolean;
  readonly standIn: StandInState;
}

export async function describeStacks({ cell }: Workbench): Promise<readonly StackSummary[]> {
  const definitions = await readStackDefinitions();
  const summaries = await Promise.all(
    definitions.map(async (definition) => {
      const { imagePresent, standIn } = await stackState(definition, cell.engine);
      const { name, description, image } = definition;
      return { name, description, image, imagePresent, standIn };
    }),
  );
  return summaries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Pulls a stack's image or builds its stand-in, whether or not it is there. Resolves with the image's reference. */
export async function obtainStack(
  how: 'build' | 'pull',
  name: string,
  { cell, emit }: Workbench,
  signal: AbortSignal,
): Promise<string> {
  const definition = findStack(name, await readStackDefinitions());
  if (how === 'pull') {
    await pullStack(definition, cell.engine, emit, signal);
    return definition.image;
  }
  if (!(await canBuildStandIn())) {
    throw new CfstageError('STACK_UNAVAILABLE', `The stand-in for ${name} cannot be built here`, {
      hint: 'It needs Linux, root and mmdebstrap (Debian, Ubuntu: apt-get install mmdebstrap).',
    });
  }
  await buildStack(definition, cell.engine, emit, signal);
  return standInImage(name);
}
