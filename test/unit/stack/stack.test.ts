import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CfstageError } from '../../../src/errors.ts';
import { parseStackDefinition } from '../../../src/stack/stack.ts';

const stacks = new URL('../../../stacks/', import.meta.url);
const valid = {
  name: 'cflinuxfs9',
  description: 'Ubuntu 99.04',
  image: 'registry.example:5000/team/cflinuxfs9:1.2',
  platform: 'linux/amd64',
  user: 'vcap',
};

describe('the stack definitions that ship', () => {
  const files = readdirSync(stacks).filter((file) => file.endsWith('.json'));

  it('are the three of Cloud Foundry', () => {
    expect(files.sort()).toEqual(['cflinuxfs3.json', 'cflinuxfs4.json', 'cflinuxfs5.json']);
  });

  it.each(files)('%s is named by its file and can be pulled and stood in for', (file) => {
    const stack = parseStackDefinition(readFileSync(new URL(file, stacks), 'utf8'), file);
    expect(stack).toMatchObject({
      name: file.replace('.json', ''),
      image: `cloudfoundry/${stack.name}:latest`,
      platform: 'linux/amd64',
      user: 'vcap',
    });
    expect(stack.standIn?.without).toContain('gcc');
  });

  it('give Ruby and Python to the stand-in of cflinuxfs3 only', () => {
    const standIn = (name: string) =>
      parseStackDefinition(readFileSync(new URL(`${name}.json`, stacks), 'utf8'), name).standIn;
    expect(standIn('cflinuxfs3')?.packages).toEqual(expect.arrayContaining(['ruby', 'python3']));
    expect(standIn('cflinuxfs4')?.without).toEqual(expect.arrayContaining(['ruby', 'python3']));
  });
});

describe('parseStackDefinition', () => {
  it('reads a stack without a stand-in', () => {
    expect(parseStackDefinition(JSON.stringify(valid), 'x.json')).toEqual(valid);
  });

  it.each([
    ['{', 'it is not JSON'],
    ['[]', 'the definition must be an object'],
    [JSON.stringify({ ...valid, name: '' }), '"name" must be a non-empty string'],
    [JSON.stringify({ ...valid, user: 2000 }), '"user" must be a non-empty string'],
    [
      JSON.stringify({ ...valid, image: 'registry.example:5000/team/cflinuxfs9' }),
      '"image" must carry a tag, such as registry.example:5000/team/cflinuxfs9:latest',
    ],
    [JSON.stringify({ ...valid, standIn: true }), '"standIn" must be an object'],
    [JSON.stringify({ ...valid, standIn: { packages: 'ruby' } }), '"packages" must be a list of strings'],
    [
      JSON.stringify({ ...valid, standIn: { packages: [], without: [1] } }),
      '"without" must be a list of strings',
    ],
  ])('refuses %s', (text, why) => {
    const parse = () => parseStackDefinition(text, 'x.json');
    expect(parse).toThrow(CfstageError);
    expect(parse).toThrow(
      expect.objectContaining({
        code: 'STACK_UNAVAILABLE',
        message: `Stack definition x.json cannot be used: ${why}`,
      }),
    );
  });
});
