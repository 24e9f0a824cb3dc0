import { describe, expect, it } from 'vitest';
import { artifactFolders, slug } from '../../../src/test-runner/artifact-folders.ts';
import { describeMatch, matchLines } from '../../../src/test-runner/match-lines.ts';
import { responseFault } from '../../../src/test-runner/response-fault.ts';
import type { Scenario } from '../../../src/spec/spec.ts';

describe('lines of a log', () => {
  const lines = [
    { source: 'STG/0', message: 'one' },
    { source: 'APP/PROC/WEB/0', message: 'between' },
    { source: 'STG/0', message: 'two 2' },
    { source: 'STG/0', message: 'three' },
    { source: 'STG/0', message: 'one' },
    { source: 'STG/0', message: 'two 3' },
  ];

  it.each([
    [['one', /two \d/, 'three'], 3, ['one', 'two 2', 'three']],
    [['one', 'two 3'], 2, ['one', 'two 3']],
    [['one', 'three'], 1, ['one', 'two 2']],
    [['between'], 1, ['between']],
    [['two 3', 'four'], 1, ['two 3']],
    [['none'], 0, []],
  ])('%j fit %d times, at %j', (patterns, fitting, best) => {
    expect(matchLines(lines, patterns)).toEqual({ fitting, lines: best });
  });

  it('that do not fit are told beside those that come nearest', () => {
    const patterns = ['one', 'two 4'];
    expect(describeMatch(patterns, matchLines(lines, patterns))).toBe(
      "  'one'\n    one\n✗ 'two 4'\n    two 2",
    );
    expect(describeMatch(['none'], matchLines(lines, ['none']))).toBe('No line fits the first one.');
  });
});

describe('an answer', () => {
  const answer = { status: 201, headers: new Headers({ 'X-A': 'b' }), body: '{"a":{"b":[1,{"c":2}]},"d":3}' };
  const nothing = { status: 201, body: undefined, headers: undefined, json: undefined };

  it.each([
    [{}, undefined],
    [{ status: 200 }, 'The answer has the status 201, not 200'],
    [{ headers: { 'x-a': /^b$/ } }, undefined],
    [{ headers: { 'x-a': 'c' } }, "The header x-a is not 'c'"],
    [{ headers: { 'x-b': '' } }, 'The answer has no header x-b'],
    [{ body: ['"a"', /\d/] }, undefined],
    [{ body: ['e'] }, "The answer does not hold 'e'"],
    [{ json: { d: 3 } }, undefined],
    [{ json: { a: { b: [1, { c: 2 }] } } }, undefined],
    [{ json: { a: { b: [1] } } }, 'The JSON differs at a.b'],
    [{ json: [] }, 'The JSON differs at its top'],
  ])('is to have %j: %s', (wanted, fault) => {
    expect(responseFault({ ...nothing, ...wanted }, answer)?.message).toBe(fault);
  });

  it('that is not JSON is none', () => {
    expect(responseFault({ ...nothing, json: 1 }, { ...answer, body: 'no' })?.message).toBe(
      'The answer is not JSON',
    );
  });
});

it('each scenario has a folder of its own', () => {
  const scenarios = ['Serves (ruby 3.1)', 'serves ruby 3.1', '../..', '💥'].map(
    (name) => ({ name }) as Scenario,
  );
  expect([...artifactFolders('out', scenarios).values()]).toEqual([
    'out/serves-ruby-3-1',
    'out/serves-ruby-3-1-2',
    'out/scenario',
    'out/scenario-2',
  ]);
  expect(slug('x'.repeat(100))).toHaveLength(60);
});
