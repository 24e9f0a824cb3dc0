import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CfstageError } from '../../../src/errors.ts';
import { applyOverrides } from '../../../src/manifest/apply-overrides.ts';
import { formatByteSize } from '../../../src/lifecycle/byte-format.ts';
import { parseByteSize } from '../../../src/manifest/byte-size.ts';
import { notEmulated } from '../../../src/manifest/not-emulated.ts';
import { parseManifest } from '../../../src/manifest/parse-manifest.ts';
import { parseVarFlag, parseVarsFile } from '../../../src/manifest/parse-vars-file.ts';

const RUNS = { numRuns: 10_000 };

/** True when the act succeeds or fails as a user's mistake does: with our error, lines that carry a place, a hint. */
function endsWell(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch (error) {
    return error instanceof CfstageError && error.kind === 'user' && error.hint !== undefined;
  }
}

const VARS = parseVarsFile({ text: 'v: {w: 1}\nl: [a]\ns: text\n', file: 'vars.yml' });

function readManifest(text: string): void {
  const { apps, warnings } = parseManifest({ text, file: 'm.yml', vars: VARS });
  expect(warnings.every((warning) => /^m\.yml:\d+:\d+: .+/.test(warning))).toBe(true);
  for (const app of apps) {
    expect(app.processes[0]?.type).toBe('web');
    expect(Object.values(app.env).every((value) => typeof value === 'string')).toBe(true);
    notEmulated(app);
    applyOverrides(app, {});
  }
}

const PIECES = [
  ...[
    'applications:',
    '\n',
    '\n  ',
    '\n- ',
    '- ',
    ': ',
    ', ',
    '? ',
    '&a ',
    '*a',
    '<<: ',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
  ],
  ...[
    '|',
    '>',
    '|-',
    '!!int ',
    '!!null ',
    '!!merge ',
    '!x ',
    '%YAML 1.2\n',
    '---',
    '...',
    '# ',
    '\t',
    '((v))',
    '((s))',
  ],
  ...[
    '((v.w))',
    '((l))',
    '((',
    '))',
    'name: x',
    'env: ',
    'processes: ',
    'sidecars: ',
    'routes: ',
    'memory: ',
    '1M',
    '~',
  ],
  ...[
    '0777',
    '0x_',
    '1e999',
    '-.inf',
    '2020-01-01',
    'yes',
    '__proto__',
    'constructor',
    'toString: ',
    '\u0000',
    '\uFEFF',
  ],
];

const KEYS = [
  ...[
    'name',
    'path',
    'buildpack',
    'buildpacks',
    'stack',
    'lifecycle',
    'docker',
    'env',
    'features',
    'metadata',
  ],
  ...[
    'services',
    'routes',
    'no-route',
    'random-route',
    'default-route',
    'processes',
    'sidecars',
    'type',
    'user',
  ],
  ...[
    'command',
    'instances',
    'memory',
    'disk_quota',
    'disk-quota',
    'log-rate-limit-per-second',
    'timeout',
    'labels',
  ],
  ...[
    'health-check-type',
    'health-check-http-endpoint',
    'readiness-health-check-interval',
    'process_types',
    'route',
  ],
  ...[
    'options',
    'loadbalancing',
    'protocol',
    'parameters',
    'binding_name',
    'image',
    'annotations',
    '__proto__',
    '',
  ],
];

const scalar = fc.oneof(
  fc.string(),
  fc.constantFrom(
    'web',
    'port',
    'http',
    '1M',
    '64M',
    '5G',
    '((v))',
    '((s))x',
    '((missing))',
    'null',
    'a.b',
    '/',
  ),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);

const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...KEYS), fc.string()), tie('value')), { maxLength: 5 })
      .map((entries) => Object.fromEntries(entries)),
  ),
}));

const anyApp = fc
  .array(fc.tuple(fc.constantFrom(...KEYS), anyValue), { maxLength: 6 })
  .map((entries) => Object.fromEntries([['name', 'x'], ...entries]));

describe('whatever the text', { timeout: 60_000 }, () => {
  it('a manifest of any characters ends well', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => endsWell(() => readManifest(text))),
      RUNS,
    );
  });

  it('a manifest of any pieces of YAML ends well', () => {
    const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (pieces) => endsWell(() => readManifest(pieces))),
      RUNS,
    );
  });

  // JSON is YAML, and quicker to write.
  it('a manifest of any structure ends well', () => {
    fc.assert(
      fc.property(fc.array(anyApp, { maxLength: 2 }), (applications) =>
        endsWell(() => readManifest(JSON.stringify({ applications }))),
      ),
      RUNS,
    );
  });

  it('variables end well', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.array(fc.constantFrom(...PIECES), { maxLength: 15 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (vars) => {
        const usesThem = (v: ReturnType<typeof parseVarsFile>) =>
          parseManifest({
            text: 'applications: [{name: ((name)), env: {A: ((v)), ((k)): "x((s))"}}]',
            file: 'm',
            vars: v,
          });
        return (
          endsWell(() => usesThem(parseVarsFile({ text: vars, file: 'v' }))) &&
          endsWell(() => usesThem(parseVarFlag(`v=${vars}`)))
        );
      }),
      RUNS,
    );
  });
});

describe('sizes', { timeout: 60_000 }, () => {
  it('what formatByteSize prints, parseByteSize reads back within its one decimal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 50 }), (bytes) => {
        const size = parseByteSize(formatByteSize(bytes));
        return 'bytes' in size && Math.abs(size.bytes - bytes) <= bytes * 0.051;
      }),
      RUNS,
    );
  });
});
