import { describe, expect, it } from 'vitest';
import type { Variables } from '../../../src/manifest/interpolate-variables.ts';
import { parseManifest } from '../../../src/manifest/parse-manifest.ts';
import { mergeVariables, parseVarFlag, parseVarsFile } from '../../../src/manifest/parse-vars-file.ts';
import { failureOf, withApp } from './manifest-text.ts';

function parseWith(vars: Variables, ...lines: readonly string[]) {
  const [app] = parseManifest({ text: withApp(...lines), file: 'manifest.yml', vars }).apps;
  return app;
}

const VARS = parseVarsFile({
  file: 'vars.yml',
  text: [
    'text: hello',
    'n: 2',
    'count: 3',
    'size: 64M',
    'flag: yes',
    'ratio: 1.50',
    'none: ~',
    'list: [a, b]',
    'db: {user: u, deep: {er: 7}}',
    'env: {A: 1, B: "yes"}',
    'a/b: slash',
    'über: umlaut',
    'key: NAME',
    'nested: ((text))',
    '',
  ].join('\n'),
});

describe('placeholders', () => {
  it.each([
    ['((text))', 'hello'],
    ['((!text))', 'hello'],
    ['"((text)) ((count))!"', 'hello 3!'],
    ['((count))', '3'],
    ['((flag))', 'true'],
    ['((ratio))', '1.5'],
    ['((none))', ''],
    ['((list))', '["a", "b"]'],
    ['((db))', '{:user=>"u", :deep=>{:er=>7}}'],
    ['((db.user))', 'u'],
    ['x((db.deep.er))', 'x7'],
    ['((a/b))', 'slash'],
    ['((über))', 'umlaut'],
    ['((nested))', '((text))'],
    ['(( text ))', '(( text ))'],
    ['((text', '((text'],
    ['(((text)))', '(hello)'],
  ])('%s is %j', (yaml, seen) => {
    expect(parseWith(VARS, `env: {V: ${yaml.startsWith('"') ? yaml : `"${yaml}"`}}`)?.env).toEqual({
      V: seen,
    });
  });

  it('take type and structure of the variable when alone', () => {
    const app = parseWith(
      VARS,
      'instances: ((count))',
      'memory: ((size))',
      'buildpacks: ((list))',
      'env: ((env))',
    );
    expect(app).toMatchObject({
      processes: [{ instances: 3, memoryMb: 64 }],
      buildpacks: ['a', 'b'],
      env: { A: '1', B: 'yes' },
    });
  });

  it('stand in keys too', () => {
    expect(parseWith(VARS, 'env: {((key)): v, "X_((key))": w}')?.env).toEqual({ NAME: 'v', X_NAME: 'w' });
  });

  it('leave faults at their place in the manifest', () => {
    const failure = failureOf(() => parseWith(VARS, 'stack: s', 'memory: ((count))', 'services: ((db))'));
    expect(failure.message.split('\n')).toEqual([
      expect.stringMatching(/^manifest\.yml:4:11: .*Memory must use a supported unit/),
      "manifest.yml:5:13: For application 'x': Services must be a list of service instances",
    ]);
  });
});

describe('faults of variables', () => {
  const supported = 'Supported types for interpolation within a string are integers and strings.';

  it.each([
    ['((b))((a)) ((b))', 'Expected to find variables: a, b'],
    ['((z.y))', 'Expected to find variables: z'],
    ['x((flag))', `Invalid type 'bool' for value 'true' and variable 'flag'. ${supported}`],
    ['x((ratio))', `Invalid type 'float64' for value '1.5' and variable 'ratio'. ${supported}`],
    ['x((none))', `Invalid type '<nil>' for value '<nil>' and variable 'none'. ${supported}`],
    ['x((list))', `Invalid type '[]interface {}' for value '[a b]' and variable 'list'. ${supported}`],
    [
      'x((!db.deep))',
      `Invalid type 'map[interface {}]interface {}' for value 'map[er:7]' and variable 'db.deep'. ${supported}`,
    ],
    [
      '((db.password))',
      "Finding variable 'db.password': Expected to find a map key 'password' for path '/password' (found map keys: 'deep', 'user')",
    ],
    ['((text.a))', "Finding variable 'text.a': Expected to find a map at path '/a' but found 'string'"],
  ])('%s', (yaml, message) => {
    const failure = failureOf(() => parseWith(VARS, `command: "${yaml}"`));
    expect([failure.code, failure.message]).toEqual(['VARIABLES_INVALID', `manifest.yml:3:12: ${message}`]);
  });

  it('a list is no key', () => {
    const failure = failureOf(() => parseWith(VARS, 'env: {((list)): v}'));
    expect(failure.message).toBe("manifest.yml:3:9: yaml: invalid map key: '((list))'");
  });

  it('a small manifest cannot grow beyond measure', () => {
    const vars = parseVarsFile({ text: `big: ${'x'.repeat(500_000)}`, file: 'vars.yml' });
    const failure = failureOf(() => parseWith(vars, `command: "${'((big))'.repeat(1000)}"`));
    expect([failure.code, failure.message]).toEqual([
      'VARIABLES_INVALID',
      'manifest.yml:3:12: The variables make the manifest too large.',
    ]);
  });

  it('are looked for without any variable given', () => {
    expect(failureOf(() => parseWith(new Map(), 'command: ((a))')).code).toBe('VARIABLES_INVALID');
  });
});

describe('vars files', () => {
  it.each([
    ['a: [', /^The option --vars-file expects a valid YAML file\. vars\.yml:1:\d+: yaml: /],
    [
      '- a',
      /^The option --vars-file expects a valid YAML file\. vars\.yml:1:1: yaml: expected a map of variables$/,
    ],
    ['text', /^The option --vars-file expects a valid YAML file\. vars\.yml:1:1: /],
  ])('%j', (text, message) => {
    const failure = failureOf(() => parseVarsFile({ text, file: 'vars.yml' }));
    expect(failure.code).toBe('VARIABLES_INVALID');
    expect(failure.message).toMatch(message);
  });

  it('may be empty', () => {
    expect(parseVarsFile({ text: '', file: 'vars.yml' })).toEqual(new Map());
  });
});

describe('--var', () => {
  it.each([
    ['v', "Expected var 'v' to be in format 'name=value'"],
    ['=v', "Expected var '=v' to specify non-empty name"],
    ['v=', "Expected var 'v=' to specify non-empty value"],
  ])('%s', (flag, message) => {
    const failure = failureOf(() => parseVarFlag(flag));
    expect([failure.code, failure.message]).toEqual(['VARIABLES_INVALID', message]);
  });

  it('a value that is no YAML', () => {
    expect(failureOf(() => parseVarFlag('v=[')).message).toMatch(/^Deserializing variables 'v=\[': --var:1:/);
  });

  it.each([
    ['v=2', 'int', '2'],
    ['v=a=b', 'string', 'a=b'],
    ['v="2"', 'string', '"2"'],
    ['v= padded ', 'string', ' padded '],
    ['v=on', 'bool', 'true'],
  ])('%s is a %s', (flag, type, text) => {
    expect(parseVarFlag(flag).get('v')).toMatchObject({ type, text });
  });

  it('later sources win', () => {
    const file = (text: string) => parseVarsFile({ text, file: 'vars.yml' });
    const merged = mergeVariables(file('a: 1\nb: 1\nc: 1'), file('b: 2\nc: 2'), parseVarFlag('c=3'));
    expect([...merged].map(([name, value]) => [name, 'text' in value && value.text])).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ]);
  });
});
