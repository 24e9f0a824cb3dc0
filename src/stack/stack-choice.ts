import { CfstageError } from '../errors.ts';
import type { StackDefinition } from './stack.ts';
import { standInImage } from './stand-in.ts';

/** Forces one of the three ways to come by a stack: `--stack-policy`. */
export const STACK_POLICIES = ['present', 'pull', 'stand-in'] as const;
export type StackPolicy = (typeof STACK_POLICIES)[number];

/** A stand-in on the engine: built from today's definition, from an older one, or not there. */
export type StandInState = 'current' | 'outdated' | 'absent';

/** What the engine holds and what this machine could build. */
export interface StackState {
  readonly imagePresent: boolean;
  readonly standIn: StandInState;
  /** Whether `stacks/stand-in/build.sh` can run here. */
  readonly buildable: boolean;
}

/** How to come by a stack's stand-in. `outdated` tells that an older one is used because none can be built here. */
export type StandInChoice =
  | { readonly action: 'use-stand-in'; readonly image: string; readonly outdated: boolean }
  | { readonly action: 'build-stand-in'; readonly image: string };

/** How to come by a stack. `otherwise` is what to do when the pull fails; without it the failure is final. */
export type StackChoice =
  | { readonly action: 'use-image'; readonly image: string }
  | { readonly action: 'pull'; readonly image: string; readonly otherwise?: StandInChoice }
  | StandInChoice;

/** The definition of the stack called `name`; raises STACK_UNKNOWN in cf's words when there is none. */
export function findStack(name: string, definitions: readonly StackDefinition[]): StackDefinition {
  const found = definitions.find((definition) => definition.name === name);
  if (found !== undefined) return found;
  const names = definitions.map((definition) => definition.name).sort();
  throw new CfstageError('STACK_UNKNOWN', 'Stack must be an existing stack', {
    hint: `There is no stack "${name}". Known stacks: ${names.join(', ')}.`,
  });
}

/**
 * Decides where a stack comes from: its image if present, else a pull, else its stand-in; a policy forces one of them.
 * Raises STACK_UNAVAILABLE when the policy asks for what cannot be had.
 */
export function resolveStackChoice(
  definition: StackDefinition,
  state: StackState,
  policy?: StackPolicy,
): StackChoice {
  const { name, image } = definition;
  if (policy === 'pull') return { action: 'pull', image };
  if (policy === 'stand-in') return standInChoice(definition, state) ?? noStandIn(definition);
  if (state.imagePresent) return { action: 'use-image', image };
  if (policy === 'present') {
    throw new CfstageError('STACK_UNAVAILABLE', `The image ${image} of the stack ${name} is not present`, {
      hint: `Get it with "cfstage stack pull ${name}", or leave out --stack-policy.`,
    });
  }
  const otherwise = standInChoice(definition, state);
  return { action: 'pull', image, ...(otherwise && { otherwise }) };
}

function standInChoice(definition: StackDefinition, state: StackState): StandInChoice | undefined {
  if (definition.standIn === undefined) return undefined;
  const image = standInImage(definition.name);
  if (state.standIn === 'current') return { action: 'use-stand-in', image, outdated: false };
  if (state.buildable) return { action: 'build-stand-in', image };
  return state.standIn === 'outdated' ? { action: 'use-stand-in', image, outdated: true } : undefined;
}

function noStandIn({ name, standIn }: StackDefinition): never {
  throw new CfstageError('STACK_UNAVAILABLE', `There is no stand-in for the stack ${name}`, {
    hint:
      standIn === undefined
        ? `Its definition has none: get the image with "cfstage stack pull ${name}".`
        : `Building one needs Linux and mmdebstrap (Debian, Ubuntu: apt-get install mmdebstrap).`,
  });
}
