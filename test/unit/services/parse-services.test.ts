import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CfstageError } from '../../../src/errors.ts';
import { deliverServices } from '../../../src/services/deliver-services.ts';
import { parseServices } from '../../../src/services/parse-services.ts';
import { vcapServices } from '../../../src/services/vcap-services.ts';
import { complaintOf, instancesOf } from './services-text.ts';

const NOTHING = {
  label: 'user-provided',
  plan: null,
  provider: null,
  tags: [],
  credentials: {},
  syslogDrainUrl: null,
  volumeMounts: [],
};

describe('parseServices', () => {
  it.each([
    ['', []],
    ['services:', []],
    ['services: []', []],
    ['services: [{name: db}]', [{ ...NOTHING, name: 'db' }]],
    [
      'services: [{name: db, credentials: {uri: u, n1: 3, deep: {list: [true, null]}}}]',
      [{ ...NOTHING, name: 'db', credentials: { uri: 'u', n1: 3, deep: { list: [true, null] } } }],
    ],
    [
      'services: [{name: m, label: l, plan: p, provider: v, tags: [a, b, a], syslog_drain_url: s, volume_mounts: [{mode: rw}]}]',
      [
        {
          ...{ name: 'm', label: 'l', plan: 'p', provider: 'v', tags: ['a', 'b'], credentials: {} },
          ...{ syslogDrainUrl: 's', volumeMounts: [{ mode: 'rw' }] },
        },
      ],
    ],
  ])('%s', (text, instances) => {
    expect(instancesOf(text)).toEqual(instances);
  });

  it.each([
    ['[]', 's.yml:1:1: a services file must be a map with the key services'],
    ['service: []', "s.yml:1:1: unknown key 'service': did you mean 'services'?"],
    ['services: {}', 's.yml:1:11: services must be a list of service instances'],
    ['services: [db]', 's.yml:1:11: services must be a list of service instances'],
    ['services: [{}]', 's.yml:1:12: a service instance needs a name'],
    ['services: [{name: 5}]', 's.yml:1:19: name must be a string that is not empty; quote a number'],
    ['services: [{name: ""}]', 's.yml:1:19: name must be a string that is not empty; quote a number'],
    [
      'services: [{name: d, credential: {}}]',
      "s.yml:1:22: unknown key 'credential': did you mean 'credentials'?",
    ],
    [
      'services: [{name: d, syslog-drain: x}]',
      "s.yml:1:22: unknown key 'syslog-drain': did you mean 'syslog_drain_url'?",
    ],
    ['services: [{name: d, credentials: u}]', 's.yml:1:35: credentials must be a map'],
    [
      'services: [{name: d, credentials: {a: {n: 1}}}]',
      's.yml:1:40: this key is a bool in YAML 1.1; quote it',
    ],
    ['services: [{name: d, tags: t}]', 's.yml:1:28: tags must be a list of strings'],
    ['services: [{name: d, tags: [1]}]', 's.yml:1:28: tags must be a list of strings'],
    ['services: [{name: d, volume_mounts: [m]}]', 's.yml:1:37: volume_mounts must be a list of maps'],
    ['services: [{name: d}, {name: d}]', "s.yml:1:30: the service instance 'd' is given twice"],
    [
      'services: [{name: d, xyz: 1, tags: t}]',
      expect.stringMatching(/unknown key 'xyz': known are name, .*\n.*tags must/) as string,
    ],
  ])('refuses %s', (text, message) => {
    expect(() => parseServices({ text, file: 's.yml' })).toThrow(
      expect.objectContaining({ code: 'SERVICES_INVALID', message, hint: expect.any(String) as string }),
    );
  });

  it('never quotes a value of a credential', () => {
    const texts = [
      '{name: d, credentials: {p: [s3cret}}',
      '{name: d, credentials: {p: *s3cret}}',
      '{name: d, credentials: "s3cret',
    ];
    for (const text of texts) {
      const complaint = complaintOf(() => parseServices({ text: `services: [${text}]`, file: 's.yml' }));
      expect(complaint).not.toBe('');
      expect(complaint.replace("unknown anchor 's3cret'", '')).not.toContain('s3cret');
    }
  });

  it('makes valid JSON of every file it accepts, in each way of delivery', () => {
    const files = fc
      .record({ services: fc.array(instance(), { maxLength: 3 }) })
      .map((file) => JSON.stringify(file));
    fc.assert(
      fc.property(fc.oneof(files, fc.string()), (text) => {
        const instances = parsed(text);
        if (instances === undefined) return;
        const bindings = instances.map((found) => ({
          ...{ instance: found, instanceGuid: 'i', bindingGuid: 'b', bindingName: null },
        }));
        const value = JSON.parse(vcapServices(bindings)) as Record<string, { name: string }[]>;
        expect(
          Object.values(value)
            .flat()
            .map(({ name }) => name)
            .sort(),
        ).toEqual(instances.map(({ name }) => name).sort());
        for (const feature of ['service-binding-k8s', 'file-based-vcap-services']) {
          try {
            deliverServices(bindings, { [feature]: true }, 'app');
          } catch (error) {
            expect(error).toMatchObject({ code: 'SERVICES_INVALID' });
          }
        }
      }),
      { numRuns: 10_000 },
    );
  }, 120_000);
});

function parsed(text: string) {
  try {
    return instancesOf(text);
  } catch (error) {
    if (!(error instanceof CfstageError)) throw error;
    expect(error).toMatchObject({ code: 'SERVICES_INVALID', hint: expect.any(String) as string });
    return undefined;
  }
}

function instance() {
  return fc.record(
    {
      name: fc.string({ minLength: 1, unit: 'binary' }),
      label: fc.oneof(fc.constant('user-provided'), fc.string(), fc.constant('__proto__')),
      plan: fc.oneof(fc.string(), fc.constant(null)),
      tags: fc.array(fc.string()),
      credentials: fc.dictionary(
        fc.oneof(fc.string(), fc.constant('__proto__')),
        fc.jsonValue({ maxDepth: 1 }),
        { maxKeys: 3 },
      ),
      volume_mounts: fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 0 }), { maxKeys: 2 }), {
        maxLength: 2,
      }),
    },
    { requiredKeys: ['name'] },
  );
}
