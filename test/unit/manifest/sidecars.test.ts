import { describe, expect, it } from 'vitest';
import { applyOverrides } from '../../../src/manifest/apply-overrides.ts';
import { failureOf, messagesOf, parseApp } from './manifest-text.ts';

const GOOD = { name: 's', command: 'run', process_types: ['web'] };

/** A manifest's `sidecars:` line; JSON is YAML. */
function sidecars(...items: readonly object[]): string {
  return `sidecars: ${JSON.stringify(items)}`;
}

describe('faults of sidecars', () => {
  it.each([
    [{ ...GOOD, name: '' }, ["Sidecar name can't be blank"]],
    [
      { ...GOOD, name: ' ', memory: 'x' },
      ["Sidecar name can't be blank", 'Sidecar memory in mb is not a number'],
    ],
    [{ ...GOOD, name: undefined }, ["Sidecar name can't be blank", 'Sidecar name must be a string']],
    [{ ...GOOD, name: 5 }, ['Sidecar "5": Name must be a string']],
    [
      { ...GOOD, name: 'n'.repeat(256) },
      [`Sidecar "${'n'.repeat(256)}": Name is too long (maximum is 255 characters)`],
    ],
    [{ ...GOOD, command: '' }, ['Sidecar "s": Command can\'t be blank']],
    [
      { ...GOOD, command: null },
      ['Sidecar "s": Command can\'t be blank', 'Sidecar "s": Command must be a string'],
    ],
    [{ ...GOOD, command: ['a'] }, ['Sidecar "s": Command must be a string']],
    [
      { ...GOOD, command: 'c'.repeat(4097) },
      ['Sidecar "s": Command is too long (maximum is 4096 characters)'],
    ],
    [
      { ...GOOD, process_types: undefined },
      [
        'Sidecar "s": Process types must be an array',
        'Sidecar "s": Process types must have at least 1 process_type',
      ],
    ],
    [{ ...GOOD, process_types: 'web' }, ['Sidecar "s": Process types must be an array']],
    [{ ...GOOD, process_types: [] }, ['Sidecar "s": Process types must have at least 1 process_type']],
    [{ ...GOOD, process_types: [['web']] }, ['Sidecar "s": Process types must be strings']],
    [
      { ...GOOD, process_types: ['t'.repeat(256)] },
      ['Sidecar "s": Process type is too long (maximum is 255 characters)'],
    ],
    [
      { ...GOOD, process_types: ['web', 'web'] },
      ['Sidecar "s": Sidecar is already associated with process type web'],
    ],
    [{ ...GOOD, memory: 'selective' }, ['Sidecar "s": Memory in mb is not a number']],
    [{ ...GOOD, memory: ['1M'] }, ['Sidecar "s": Memory in mb is not a number']],
    [{ ...GOOD, memory: 1.5 }, ['Sidecar "s": Memory in mb must be an integer']],
    [{ ...GOOD, memory: 0 }, ['Sidecar "s": Memory in mb must be greater than 0']],
    [{ ...GOOD, memory: '1K' }, ['Sidecar "s": Memory in mb must be greater than 0']],
    [{ ...GOOD, memory: '-5M' }, ['Sidecar "s": Memory in mb must be greater than 0']],
  ])('%j', (item, messages) => {
    const found = messagesOf(() => parseApp(sidecars(item)));
    expect(found.toSorted()).toEqual(messages.map((message) => `For application 'x': ${message}`).toSorted());
  });

  it('names are unique, by case', () => {
    expect(messagesOf(() => parseApp(sidecars(GOOD, GOOD, { ...GOOD, name: 'S' })))).toEqual([
      "For application 'x': Sidecar with name 's' already exists for given app",
    ]);
  });
});

describe('sidecars', () => {
  it.each([
    [{}, undefined],
    [{ memory: '38M' }, 38],
    [{ memory: 256 }, 256],
    [{ memory: '256' }, 256],
    [{ memory: null }, undefined],
  ])('memory %j', (memory, memoryMb) => {
    expect(parseApp(sidecars({ ...GOOD, ...memory })).sidecars[0]?.memoryMb).toBe(memoryMb);
  });

  it('carry the place of their declaration', () => {
    expect(parseApp(sidecars(GOOD)).sidecars).toEqual([
      { name: 's', command: 'run', processTypes: ['web'], origin: 'manifest.yml:3:14' },
    ]);
  });
});

describe('memory of sidecars', () => {
  const complaint = (type: string) =>
    `For application 'x': The memory allocation defined is too large to run with the dependent "${type}" process`;

  it.each([
    ['256M', [255], {}],
    ['256M', [128, 127], {}],
    ['256M', [], {}],
    ['256M', [300], { memory: '1G' }],
  ])('web of %s has room for %j with %j', (memory, sizes, flags) => {
    const items = sizes.map((size, index) => ({ ...GOOD, name: `s${index}`, memory: size }));
    const app = parseApp(`memory: ${memory}`, sidecars(...items));
    expect(applyOverrides(app, flags).sidecars).toHaveLength(sizes.length);
  });

  it.each([
    ['256M', [256], {}],
    ['256M', [128, 128], {}],
    ['1G', [300], { memory: '256M' }],
  ])('web of %s has no room for %j with %j', (memory, sizes, flags) => {
    const items = sizes.map((size, index) => ({ ...GOOD, name: `s${index}`, memory: size }));
    const app = parseApp(`memory: ${memory}`, sidecars(...items));
    expect(messagesOf(() => applyOverrides(app, flags))).toEqual([complaint('web')]);
  });

  it('is looked at for each process type, at the sidecar that is too much', () => {
    const both = { ...GOOD, process_types: ['web', 'worker', 'unknown'], memory: 64 };
    const app = parseApp(
      'memory: 64M',
      'processes: [{type: worker, memory: 100M}]',
      sidecars(both, { ...both, name: 't' }),
    );
    expect(failureOf(() => applyOverrides(app, {})).message.split('\n')).toEqual([
      `manifest.yml:5:14: ${complaint('web')}`,
      expect.stringMatching(/^manifest\.yml:5:\d\d+: For application 'x': .* "worker" process$/),
    ]);
  });
});
