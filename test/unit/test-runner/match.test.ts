import { describe, expect, it } from 'vitest';
import { artifactFolders, slug } from '../../../src/test-runner/artifact-folders.ts';
import { describeMatch, matchLines } from '../../../src/test-runner/match-lines.ts';
import { matchTraffic } from '../../../src/test-runner/match-traffic.ts';
import { responseFault } from '../../../src/test-runner/response-fault.ts';
import type { Traffic } from '../../../src/testing/deployment.ts';
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

describe('traffic', () => {
  const by = { source: { kind: 'app', process: 'web', index: 0 }, answer: 'answered' } as const;
  const dns = { ...by, protocol: 'dns', host: 'a.test' } as const;
  const tcp = { ...by, protocol: 'tcp', host: 'a.test', address: '10.0.0.1', port: 443 } as const;
  const proxy = { ...by, protocol: 'proxy', host: '2001:db8::1', port: 80, request: 'GET /' } as const;

  it.each<
    [readonly Traffic[], readonly (string | RegExp)[], readonly Traffic[], readonly (string | RegExp)[]]
  >([
    [[], [], [], []],
    [[dns, tcp], [], [dns, tcp], []],
    [[dns, tcp], ['a.test'], [], []],
    [[dns, tcp], ['a.test:443'], [], []],
    [[dns, tcp], ['a.test:80'], [tcp], []],
    [[tcp], ['a.test:80'], [tcp], ['a.test:80']],
    [[dns, tcp], ['test', /test$/], [tcp], ['test']],
    [[dns, tcp], [/\.test/], [], []],
    [[tcp], ['10.0.0.1:443'], [tcp], ['10.0.0.1:443']],
    [[proxy], ['2001:db8::1'], [], []],
    [[proxy], ['[2001:db8::1]:80'], [], []],
    [[proxy], ['[2001:db8::1]:81'], [proxy], ['[2001:db8::1]:81']],
    [[], ['a.test', 'b.test'], [], ['a.test', 'b.test']],
  ])('%j as %j: unexpected %j, missing %j', (records, places, unexpected, missing) => {
    expect(matchTraffic(records, places)).toEqual({ unexpected, missing });
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
