import { describe, expect, it } from 'vitest';
import { failureOf, messagesOf, parse, parseApp } from './manifest-text.ts';

describe('the manifest as a whole', () => {
  it.each([
    ['', 'manifest.yml:1:1: Manifest must have at least one application.'],
    ['# nothing\n', 'manifest.yml:1:1: Manifest must have at least one application.'],
    ['a: b', 'manifest.yml:1:1: Manifest must have at least one application.'],
    ['applications: []', 'manifest.yml:1:15: Manifest must have at least one application.'],
    ['applications:', 'manifest.yml:1:14: Manifest must have at least one application.'],
    ['applications: text', "manifest.yml:1:15: Cannot parse manifest with no 'applications' field."],
    ['text', 'manifest.yml:1:1: Request invalid due to parse error: invalid request body'],
    ['- a', 'manifest.yml:1:1: Request invalid due to parse error: invalid request body'],
    [
      'version: 2\napplications: [{name: x}]',
      'manifest.yml:1:10: Unsupported manifest schema version. Currently supported versions: [1].',
    ],
    ['applications: [x]', 'manifest.yml:1:16: For application at index 0: must be a map of keys and values'],
    [
      'applications:\n- name: a\n- stack: s\n',
      'manifest.yml:3:3: Found an application with no name specified.',
    ],
  ])('%j', (text, message) => {
    const failure = failureOf(() => parse(text));
    expect([failure.code, failure.message]).toEqual(['MANIFEST_INVALID', message]);
  });

  it('tells all faults of all apps, each with its place', () => {
    const text = [
      'applications:',
      '- name: a',
      '  instances: -1',
      '- name: b',
      '  memory: 12',
      '  stack: []',
      '',
    ];
    expect(failureOf(() => parse(text.join('\n'))).message.split('\n')).toEqual([
      'manifest.yml:3:14: For application \'a\': Process "web": Instances must be greater than or equal to 0',
      'manifest.yml:5:11: For application \'b\': Process "web": Memory must use a supported unit: B, K, KB, M, MB, G, GB, T, or TB',
      "manifest.yml:6:10: For application 'b': Stack must be a string",
    ]);
  });

  it('gives a hint', () => {
    expect(failureOf(() => parse('a: b')).hint).toBe('Mend the manifest at the places named.');
  });

  it('accepts version 1 and several apps', () => {
    const { apps, warnings } = parse('version: 1\napplications:\n- name: a\n- name: b\n');
    expect(apps.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(warnings).toEqual([]);
  });
});

describe('YAML', () => {
  it.each([
    ['applications:\n- name: x\n  a: b: c\n', /^manifest\.yml:3:\d+: yaml: /],
    ['applications: [', /^manifest\.yml:1:\d+: yaml: /],
    ['a: "b', /^manifest\.yml:1:\d+: yaml: /],
    ['a:\n\t- b', /^manifest\.yml:2:\d+: yaml: /],
    ['a: *nobody', /^manifest\.yml:1:4: yaml: unknown anchor 'nobody' referenced$/],
    ['a: &me [*me]', /^manifest\.yml:1:9: yaml: anchor 'me' value contains itself$/],
    ['? [a]\n: b', /^manifest\.yml:1:3: yaml: invalid map key$/],
    ['<<: text', /^manifest\.yml:1:5: yaml: map merge requires map or sequence of maps as the value$/],
    ['<<: [{a: b}, c]', /^manifest\.yml:1:5: yaml: map merge requires map or sequence of maps as the value$/],
    ['['.repeat(600) + ']'.repeat(600), /^manifest\.yml:1:\d+: yaml: exceeded max depth$/],
    ['['.repeat(100_000), /^manifest\.yml:1:501: yaml: exceeded max depth$/],
    [
      `a: ${'x'.repeat(1024 ** 2)}`,
      /^manifest\.yml:1:1: Manifest size is too large\. The maximum supported size is 1MB\.$/,
    ],
  ])('%#', (text, message) => {
    const failure = failureOf(() => parse(text));
    expect(failure.code).toBe('MANIFEST_INVALID');
    expect(failure.message.split('\n')[0]).toMatch(message);
  });

  it('does not expand a bomb of aliases', () => {
    const levels = 'bcdefghijklm'.split('').map((name, index) => {
      const previous = 'abcdefghijklm'.charAt(index);
      return `${name}: &${name} [${Array.from({ length: 10 }, () => `*${previous}`).join(', ')}]`;
    });
    const text = `a: &a [lol]\n${levels.join('\n')}\n`;
    expect(messagesOf(() => parse(text))[0]).toBe('yaml: document contains excessive aliasing');
  });

  it.each([
    [
      'merge keys',
      `a: &a {${Array.from({ length: 2000 }, (_, i) => `k${i}: 1`).join(', ')}}\n${'- {<<: *a}\n'.replace('- ', 'b: ').repeat(5000)}`,
    ],
    ['block levels', `${'- '.repeat(20_000)}a`],
  ])('is not overwhelmed by %s', (_, text) => {
    expect(messagesOf(() => parse(text))[0]).toMatch(
      /^yaml: (?:document contains excessive aliasing|exceeded max depth)$/,
    );
  });

  it('aliases cannot nest deeper than text can', () => {
    const chain = Array.from({ length: 600 }, (_, i) => `- &a${i + 1} [*a${i}]`).join('\n');
    expect(messagesOf(() => parse(`- &a0 x\n${chain}\n`))[0]).toBe('yaml: exceeded max depth');
  });

  it('knows anchors, aliases and merge keys', () => {
    const text = [
      'defaults: &defaults',
      '  memory: 64M',
      '  env: &env {A: a}',
      'more: &more {memory: 1G, stack: s}',
      'applications:',
      '- name: x',
      '  <<: [*defaults, *more]',
      '- <<: *defaults',
      '  name: y',
      '  memory: 32M',
      '- {name: z, env: {<<: *env, B: b}}',
      '',
    ].join('\n');
    expect(parse(text).apps.map((app) => [app.processes[0]?.memoryMb, app.stack, app.env])).toEqual([
      [64, 's', { A: 'a' }],
      [32, undefined, { A: 'a' }],
      [1024, undefined, { A: 'a', B: 'b' }],
    ]);
  });

  it('the last of two equal keys counts, and that is told', () => {
    const { apps, warnings } = parse('applications:\n- name: x\n  stack: a\n  stack: b\n');
    expect(apps[0]?.stack).toBe('b');
    expect(warnings).toEqual(["manifest.yml:4:3: key 'stack' is given twice; the last one counts"]);
  });

  it('only the first document counts', () => {
    expect(parse('applications: [{name: x}]\n---\napplications: [{name: y}]\n').apps[0]?.name).toBe('x');
  });

  it('a byte order mark and CRLF do no harm', () => {
    expect(parse('\uFEFFapplications:\r\n- name: x\r\n  stack: s\r\n').apps[0]?.stack).toBe('s');
  });

  it('block scalars are text', () => {
    expect(parseApp('env:', '  A: |-', '    yes', '  B: >-', '    1', '    2').env).toEqual({
      A: 'yes',
      B: '1 2',
    });
  });
});
