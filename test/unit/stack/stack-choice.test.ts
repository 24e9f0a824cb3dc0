import { describe, expect, it } from 'vitest';
import type { StackDefinition } from '../../../src/stack/stack.ts';
import type { StackPolicy, StandInState } from '../../../src/stack/stack-choice.ts';
import { findStack, resolveStackChoice } from '../../../src/stack/stack-choice.ts';

const image = 'cloudfoundry/cflinuxfs4:latest';
const standInTag = 'cfstage/cflinuxfs4:stand-in';
const bare: StackDefinition = {
  name: 'cflinuxfs4',
  description: 'Ubuntu 22.04 (jammy)',
  image,
  platform: 'linux/amd64',
  user: 'vcap',
};
const stack: StackDefinition = { ...bare, standIn: { packages: [], without: [] } };

const useImage = { action: 'use-image', image };
const pull = { action: 'pull', image };
const use = { action: 'use-stand-in', image: standInTag, outdated: false };
const useOutdated = { ...use, outdated: true };
const build = { action: 'build-stand-in', image: standInTag };

type Row = [StackPolicy | undefined, boolean, StandInState, boolean, object];

describe('resolveStackChoice', () => {
  it.each<Row>([
    [undefined, true, 'current', true, useImage],
    [undefined, true, 'absent', false, useImage],
    [undefined, false, 'current', false, { ...pull, otherwise: use }],
    [undefined, false, 'outdated', true, { ...pull, otherwise: build }],
    [undefined, false, 'outdated', false, { ...pull, otherwise: useOutdated }],
    [undefined, false, 'absent', true, { ...pull, otherwise: build }],
    [undefined, false, 'absent', false, pull],
    ['present', true, 'current', true, useImage],
    ['pull', true, 'current', true, pull],
    ['pull', false, 'absent', false, pull],
    ['stand-in', true, 'current', true, use],
    ['stand-in', true, 'outdated', true, build],
    ['stand-in', false, 'outdated', false, useOutdated],
    ['stand-in', false, 'absent', true, build],
  ])(
    'policy %s, image present %s, stand-in %s, buildable %s',
    (policy, imagePresent, standIn, buildable, choice) => {
      expect(resolveStackChoice(stack, { imagePresent, standIn, buildable }, policy)).toEqual(choice);
    },
  );

  it('only pulls a stack that has no stand-in', () => {
    const state = { imagePresent: false, standIn: 'absent', buildable: true } as const;
    expect(resolveStackChoice(bare, state)).toEqual(pull);
  });

  it.each<[string, StackDefinition, StackPolicy, boolean, string]>([
    ['an image that is not there', stack, 'present', true, 'cfstage stack pull cflinuxfs4'],
    ['a stand-in that cannot be built', stack, 'stand-in', false, 'apt-get install mmdebstrap'],
    ['a stand-in that is not defined', bare, 'stand-in', true, 'cfstage stack pull cflinuxfs4'],
  ])('refuses %s and says what to do', (_what, definition, policy, buildable, hint) => {
    const choose = () =>
      resolveStackChoice(definition, { imagePresent: false, standIn: 'absent', buildable }, policy);
    expect(choose).toThrow(
      expect.objectContaining({ code: 'STACK_UNAVAILABLE', hint: expect.stringContaining(hint) as string }),
    );
  });
});

describe('findStack', () => {
  it('finds a stack by name', () => {
    expect(findStack('cflinuxfs4', [{ ...bare, name: 'cflinuxfs3' }, bare])).toBe(bare);
  });

  it('answers an unknown name in the words of cf and lists the known ones', () => {
    expect(() => findStack('cflinuxfs2', [stack, { ...stack, name: 'cflinuxfs3' }])).toThrow(
      expect.objectContaining({
        code: 'STACK_UNKNOWN',
        message: 'Stack must be an existing stack',
        hint: 'There is no stack "cflinuxfs2". Known stacks: cflinuxfs3, cflinuxfs4.',
      }),
    );
  });
});
