import { describe, expect, it } from 'vitest';
import { CfstageError } from '../../../src/errors.ts';
import { parseSpec } from '../../../src/spec/parse-spec.ts';

const parse = (text: string) => parseSpec({ text, file: 'web.cfstage.yml' });

/** The lines of the error. */
function faults(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    expect(error).toBeInstanceOf(CfstageError);
    expect(error).toMatchObject({ code: 'SPEC_INVALID', exitCode: 2 });
    return (error as CfstageError).message.split('\n');
  }
  return [];
}

/** A scenario around some lines of steps. */
const steps = (...lines: string[]) =>
  ['scenarios:', '  - name: a', '    app: .', '    steps:', ...lines.map((line) => `      ${line}`)].join(
    '\n',
  );

describe('a spec', () => {
  it('gives its scenarios with their places, short forms spelt out', () => {
    const [scenario, ...rest] = parse(`
app: ../apps/web
env: { COLOUR: red, SIZE: 3 }
buildpacks: [., ruby_buildpack, 'https://example.com/a.zip', { php: packs/php }]
scenarios:
  - name: serves
    env: { COLOUR: blue }
    timeout: 2m
    steps:
      - stage
      - expect:
          log: -----> Supplying
          files: [deps/0/bin/ruby]
      - start:
      - request: POST /config
        expect: { response: { body: ['/hell[o]/i', 7], headers: { x-a: b } } }
      - signal: SIGTERM
        expect: { exit: 143 }
`);
    expect(rest).toEqual([]);
    expect(scenario).toMatchObject({
      name: 'serves',
      file: 'web.cfstage.yml',
      at: { line: 6, column: 5 },
      matrix: {},
      settings: { app: '../apps/web', env: { COLOUR: 'blue', SIZE: '3' }, timeout: 120_000 },
      references: [
        { path: '../apps/web', at: { line: 2, column: 6 } },
        { path: '.', at: { line: 4, column: 14 } },
        { path: 'packs/php' },
      ],
    });
    expect(scenario?.steps).toEqual([
      { verb: 'stage', given: null, title: 'stage', at: { line: 10, column: 9 } },
      {
        verb: 'expect',
        given: {
          log: { lines: ['-----> Supplying'], source: undefined, within: undefined },
          files: [['deps/0/bin/ruby', true]],
        },
        title: 'expect log, files',
        at: { line: 11, column: 9 },
      },
      { verb: 'start', given: null, title: 'start', at: { line: 14, column: 9 } },
      {
        verb: 'request',
        given: { method: 'POST', path: '/config' },
        title: 'request POST /config',
        at: { line: 15, column: 9 },
      },
      {
        verb: 'expect',
        given: { response: { status: 200, body: [/hell[o]/i, '7'], headers: { 'x-a': 'b' } } },
        title: 'expect response',
        at: { line: 16, column: 9 },
      },
      {
        verb: 'signal',
        given: { name: 'SIGTERM', process: 'web' },
        title: 'signal SIGTERM',
        at: { line: 17, column: 9 },
      },
      {
        verb: 'expect',
        given: { exit: { code: 143, process: 'web', within: undefined } },
        title: 'expect exit',
        at: { line: 18, column: 9 },
      },
    ]);
  });

  it.each([
    ['30', 30_000],
    ['1.5s', 1500],
    ['500ms', 500],
    ['2m', 120_000],
  ])('takes %s for a time', (written, milliseconds) => {
    const [scenario] = parse(`timeout: ${written}\n${steps('- stage')}`);
    expect(scenario?.settings.timeout).toBe(milliseconds);
  });

  it('keeps a version as it is written, and what is a word in YAML 1.2 a word', () => {
    const [scenario] = parse(
      `env: { A: 3.10, B: 007, C: on, D: 1.5, E: true, F: 22:30 }\n${steps('- stage')}`,
    );
    expect(scenario?.settings.env).toEqual({ A: '3.10', B: '007', C: 'on', D: '1.5', E: 'true', F: '22:30' });
  });
});

describe('a matrix', () => {
  const text = (more = '') => `
app: .
matrix:
  stack: [cflinuxfs3, cflinuxfs4]
  ruby: [3.1, 3.10]
${more}
scenarios:
  - name: installs Ruby
    env: { RUBY: 'v((matrix.ruby))' }
    steps:
      - stage
      - expect: { log: 'Ruby ((matrix.ruby)) for ((other))', files: { 'deps/((matrix.ruby))': true } }
`;

  it('makes one scenario of each combination', () => {
    const scenarios = parse(text());
    expect(scenarios.map(({ name, settings: { stack, env } }) => ({ name, stack, env }))).toEqual([
      { name: 'installs Ruby (cflinuxfs3, ruby 3.1)', stack: 'cflinuxfs3', env: { RUBY: 'v3.1' } },
      { name: 'installs Ruby (cflinuxfs3, ruby 3.10)', stack: 'cflinuxfs3', env: { RUBY: 'v3.10' } },
      { name: 'installs Ruby (cflinuxfs4, ruby 3.1)', stack: 'cflinuxfs4', env: { RUBY: 'v3.1' } },
      { name: 'installs Ruby (cflinuxfs4, ruby 3.10)', stack: 'cflinuxfs4', env: { RUBY: 'v3.10' } },
    ]);
    expect(scenarios[1]?.steps[1]?.given).toMatchObject({
      log: { lines: ['Ruby 3.10 for ((other))'] },
      files: [['deps/3.10', true]],
    });
  });

  it('leaves out what it excludes', () => {
    const scenarios = parse(
      text('  exclude: [{ stack: cflinuxfs3, ruby: 3.10 }, { stack: cflinuxfs4, ruby: 3.1 }]'),
    );
    expect(scenarios.map(({ matrix }) => matrix)).toEqual([
      { stack: 'cflinuxfs3', ruby: '3.1' },
      { stack: 'cflinuxfs4', ruby: '3.10' },
    ]);
  });

  it('leaves a name alone that says itself which combination it is', () => {
    const scenarios = parse(text().replace('installs Ruby', 'Ruby ((matrix.ruby)) on ((matrix.stack))'));
    expect(scenarios[0]?.name).toBe('Ruby 3.1 on cflinuxfs3');
  });

  it('puts its values in where only some words may be, and they are checked then', () => {
    const matrix = (schemes: string) =>
      `matrix: { scheme: [${schemes}] }\nproxy: ((matrix.scheme))\n${steps('- stage')}`;
    expect(parse(matrix('none, https')).map(({ settings }) => settings.proxy)).toEqual(['none', 'https']);
    expect(faults(matrix('http, ftp'))).toEqual(["web.cfstage.yml:2:8: 'proxy' must be none, http or https"]);
  });

  it.each([
    [
      "RUBY: 'v((matrix.ruby))'",
      "RUBY: 'v((matrix.rubi))'",
      "9:18: unknown matrix value 'rubi': did you mean 'ruby'?",
    ],
    ['ruby: [3.1, 3.10]', 'ruby: 3.1', "5:9: 'ruby' must be a list"],
    ['ruby: [3.1, 3.10]', 'ruby: [{ a: 1 }]', "5:9: 'ruby' of a matrix must be a list of texts"],
    ['ruby: [3.1, 3.10]', 'exclude: [{ stacks: a }]', "5:15: unknown key 'stacks': did you mean 'stack'?"],
  ])('tells %s → %s', (right, wrong, fault) => {
    expect(faults(text().replace(right, wrong))).toContain(`web.cfstage.yml:${fault}`);
  });
});

describe('a wrong spec', () => {
  it.each<[string, string, string]>([
    ['an unknown key of the file', 'senarios: []', "1:1: unknown key 'senarios': did you mean 'scenarios'?"],
    ['no scenarios', 'app: .', "1:1: 'scenarios' is missing"],
    ['no file at all', '', '1:1: the file must be a map'],
    ['a list', '- a', '1:1: the file must be a map'],
    ['an empty list', 'scenarios: []', "1:12: 'scenarios' must not be empty"],
    [
      'an unknown key of a scenario',
      steps('- stage').replace('app', 'ap'),
      "3:5: unknown key 'ap': did you mean 'app'?",
    ],
    ['a missing name', 'scenarios: [{ steps: [stage] }]', "1:13: 'name' is missing"],
    [
      'no app',
      'scenarios: [{ name: a, steps: [stage] }]',
      "1:13: a scenario needs an 'app', or a 'manifest' that says its path",
    ],
    [
      'an unknown step',
      steps('- stagee'),
      "5:9: an item of 'steps' cannot be 'stagee': did you mean 'stage'?",
    ],
    [
      'an unknown step with a value',
      steps('- requst: /'),
      "5:9: unknown key 'requst': did you mean 'request'?",
    ],
    ['a step of another kind', steps('- 7'), "5:9: an item of 'steps' must be a map"],
    [
      'two things in one step',
      steps('- { start: , request: / }'),
      "5:9: an item of 'steps' must do one thing, not start and request",
    ],
    ['an empty step', steps('- {}'), '5:9:'],
    ['a wrong type', steps('- request: [a]'), "5:18: 'request' must be a text or a map"],
    [
      'a wrong key in a long form',
      steps('- request: { pth: / }'),
      "5:20: unknown key 'pth': did you mean 'path'?",
    ],
    [
      'a wrong key of an expectation',
      steps('- expect: { logs: a }'),
      "5:19: unknown key 'logs': did you mean 'log'?",
    ],
    [
      'a wrong value far inside',
      steps('- expect:', '    response: { status: abc }'),
      "6:31: 'status' must be a number",
    ],
    [
      'a status that there is not',
      steps('- expect:', '    response: { status: 20 }'),
      "6:31: 'status' must be at least 100",
    ],
    [
      'a wrong time',
      `timeout: soon\n${steps('- stage')}`,
      "1:10: 'timeout' must be a time such as 90s, 5m or 500ms",
    ],
    ['a wrong pattern', steps('- expect: { log: /(/ }'), '5:24:'],
    [
      'a wrong word for traffic',
      steps('- expect: { traffic: non }'),
      "5:28: 'traffic' cannot be 'non': did you mean 'none'?",
    ],
    ['another kind of traffic', steps('- expect: { traffic: {} }'), "5:28: 'traffic' must be a list"],
    ['an empty list of traffic', steps('- expect: { traffic: [] }'), "5:28: 'traffic' must not be empty"],
    ['a wrong pattern of traffic', steps('- expect: { traffic: [a, /(/] }'), '5:32:'],
    [
      'a misspelt traffic',
      steps('- expect: { trafic: none }'),
      "5:19: unknown key 'trafic': did you mean 'traffic'?",
    ],
    [
      'a wrong scheme of a proxy',
      `proxy: htps\n${steps('- stage')}`,
      "1:8: 'proxy' must be none, http or https",
    ],
    ['a misspelt proxy', `prxy: http\n${steps('- stage')}`, "1:1: unknown key 'prxy': did you mean 'proxy'?"],
    [
      'requests of a proxy that there is not',
      `proxy: none\n${steps('- stage', '- expect: { proxied: GET }')}`,
      "7:9: 'proxied' needs a proxy: say 'proxy: http' or 'proxy: https' of the scenario",
    ],
    [
      'two names in one buildpack',
      `buildpacks: [{ a: ./a, b: ./b }]\n${steps('- stage')}`,
      "1:14: an item of 'buildpacks' must be one NAME: PATH",
    ],
    [
      'a name that is there twice',
      'app: .\nscenarios: [{ name: a, steps: [stage] }, { name: a, steps: [stage] }]',
      "2:42: the scenario 'a' is given twice",
    ],
    ['YAML that is none', 'scenarios: [', '1:13: yaml: '],
    ['an alias of nothing', 'scenarios: *a', "1:12: yaml: unknown anchor 'a' referenced"],
  ])('%s', (_, text, fault) => {
    expect(faults(text)[0]).toContain(`web.cfstage.yml:${fault}`);
  });

  it('tells all faults at once, in the order of the file', () => {
    const text = `enf: { A: b }\n${steps('- stage', '- request: 7', '- expect: { cashed: true }')}`;
    expect(faults(text)).toEqual([
      "web.cfstage.yml:1:1: unknown key 'enf': did you mean 'env'?",
      "web.cfstage.yml:7:18: 'request' must be a text or a map",
      "web.cfstage.yml:8:19: unknown key 'cashed': did you mean 'cached'?",
    ]);
  });
});
