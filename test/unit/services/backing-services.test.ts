import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBackingService } from '../../../src/plan/plan-backing-service.ts';
import { parseServices } from '../../../src/services/parse-services.ts';
import { serviceHost } from '../../../src/services/service-host.ts';
import { isBacked } from '../../../src/services/service-instance.ts';
import { complaintOf, instancesOf } from './services-text.ts';

function backingOf(fields: string) {
  return instancesOf(`services: [{name: db, ${fields}}]`)[0]?.backing;
}

function credentialsOf(fields: string): unknown {
  return instancesOf(`services: [{name: My_DB, ${fields}}]`)[0]?.credentials;
}

describe('a service with an image', () => {
  it.each([
    ['credentials: {}', undefined],
    ['image: redis, port: 6379', { image: 'redis', port: 6379, env: {}, timeoutSeconds: 60 }],
    [
      'image: "r.example.com:5000/a/b:1.2@sha256:ab", port: "1", env: {A: x, B: 5, C: true, D: "", E: 1.50}, timeout: 600',
      {
        image: 'r.example.com:5000/a/b:1.2@sha256:ab',
        port: 1,
        env: { A: 'x', B: '5', C: 'true', D: '', E: '1.5' },
        timeoutSeconds: 600,
      },
    ],
    [
      'image: r, port: 65535, command: [redis-server, --port, 65535]',
      { image: 'r', port: 65535, env: {}, command: ['redis-server', '--port', '65535'], timeoutSeconds: 60 },
    ],
  ])('%s', (fields, backing) => {
    expect(backingOf(fields)).toEqual(backing);
  });

  it.each([
    ['image: r', 's.yml:1:29: a service with an image needs the port that it listens on'],
    ['image: 5, port: 1', 's.yml:1:29: image must be the name of an image, e.g. postgres:16'],
    ['image: "a b", port: 1', 's.yml:1:29: image must be the name of an image, e.g. postgres:16'],
    ['image: "", port: 1', 's.yml:1:29: image must be the name of an image, e.g. postgres:16'],
    ['image: r, port: 0', 's.yml:1:38: port must be greater than or equal to 1'],
    ['image: r, port: 65536', 's.yml:1:38: port must be less than or equal to 65535'],
    ['image: r, port: http', 's.yml:1:38: port is not a number'],
    ['image: r, port: 1, env: [A]', 's.yml:1:46: env must be a map of variables'],
    ['image: r, port: 1, env: {A: [1]}', 's.yml:1:50: env: A must be a string, a number or a boolean'],
    ['image: r, port: 1, env: {A: }', 's.yml:1:50: env: A must be a string, a number or a boolean'],
    [
      'image: r, port: 1, env: {"A=B": c}',
      's.yml:1:47: the name of a variable must not be empty or hold an equals sign',
    ],
    ['image: r, port: 1, command: redis-server', 's.yml:1:50: command must be a list of words'],
    ['image: r, port: 1, command: [[a]]', 's.yml:1:50: command must be a list of words'],
    ['image: r, port: 1, timeout: 0', 's.yml:1:50: timeout must be greater than or equal to 1'],
    ['port: 1', 's.yml:1:22: port is for a service with an image, which this one does not name'],
    ['env: {}', 's.yml:1:22: env is for a service with an image, which this one does not name'],
    ['prt: 1, image: r', /unknown key 'prt': did you mean 'port'\?\n.*needs the port/],
  ])('refuses %s', (fields, message) => {
    const text = `services: [{name: d, ${fields}}]`;
    const complaint = complaintOf(() => parseServices({ text, file: 's.yml' }));
    if (typeof message === 'string') expect(complaint).toBe(message);
    else expect(complaint).toMatch(message);
  });

  it('refuses two that would be one host', () => {
    const both = '{name: a_b, image: r, port: 1}, {name: A-b, image: r, port: 2}';
    expect(complaintOf(() => instancesOf(`services: [${both}]`))).toBe(
      "s.yml:1:44: the service instances 'a_b' and 'A-b' are both a-b.service.internal; rename one",
    );
    expect(instancesOf('services: [{name: a_b}, {name: A-b, image: r, port: 2}]')).toHaveLength(2);
  });
});

describe('credentials of a service with an image', () => {
  const IMAGE = 'image: r, port: 5432, env: {USER: me, PASSWORD: p((host))}';

  it.each([
    ['{u: "pg://((env.USER))@((host)):((port))/"}', { u: 'pg://me@my-db.service.internal:5432/' }],
    ['{deep: [{port: ((port))}, ((port)), "((port))"]}', { deep: [{ port: 5432 }, 5432, 5432] }],
    ['{text: " ((port))", user: ((env.USER))}', { text: ' 5432', user: 'me' }],
    // A value is not looked into again.
    ['{password: ((env.PASSWORD))}', { password: 'p((host))' }],
    [
      '{five: 5, t: true, none: null, brackets: "((a b)) (x)"}',
      { five: 5, t: true, none: null, brackets: '((a b)) (x)' },
    ],
  ])('%s', (credentials, filled) => {
    expect(credentialsOf(`${IMAGE}, credentials: ${credentials}`)).toEqual(filled);
  });

  it('are left alone without an image', () => {
    const reference = { 'credhub-ref': '((/c/broker/creds))', host: '((host))' };
    expect(credentialsOf(`credentials: ${JSON.stringify(reference)}`)).toEqual(reference);
  });

  it.each([
    ['((hosts))', "s.yml:2:3: unknown variable '((hosts))': did you mean '((host))'?"],
    ['((env.USRE))', "s.yml:2:3: unknown variable '((env.USRE))': did you mean '((env.USER))'?"],
    ['((env.user))', "s.yml:2:3: unknown variable '((env.user))': did you mean '((env.USER))'?"],
    [
      '((credentials))',
      "s.yml:2:3: unknown variable '((credentials))': known are ((host)), ((port)), ((env.USER)), ((env.PASSWORD))",
    ],
  ])('refuse %s', (text, message) => {
    const file = `services: [{name: d, ${IMAGE}, credentials: {a: \n  ${text}}}]`;
    expect(complaintOf(() => instancesOf(file))).toBe(message);
  });

  it('do not grow without end', () => {
    const many = '((env.A))'.repeat(2000);
    const file = `services: [{name: d, image: r, port: 1, env: {A: ${'x'.repeat(2000)}}, credentials: {a: "${many}"}}]`;
    expect(complaintOf(() => instancesOf(file))).toMatch(/longer than 1000000 characters$/);
  });
});

describe('the host of a service', () => {
  it.each([
    ['db', 'db.service.internal'],
    ['My DB_1', 'my-db-1.service.internal'],
    ['-ü-', 'unnamed.service.internal'],
  ])('%s', (name, host) => {
    expect(serviceHost(name)).toBe(host);
  });

  it('is a DNS name whatever the name of the instance', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 100 }), (name) => {
        expect(serviceHost(name)).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.service\.internal$/);
      }),
    );
  });
});

it('plans a container on the network of the state folder, as the image says', () => {
  const [instance] = instancesOf(
    'services: [{name: My db, image: r, port: 1, env: {A: b}, command: [c]}]',
  ).filter(isBacked);
  if (instance === undefined) throw new Error('no instance');
  expect(planBackingService(instance, '0123456789', 'h0me')).toEqual({
    name: 'cfstage-My-db-service-01234567',
    image: 'r',
    hostname: 'my-db',
    env: { A: 'b' },
    command: ['c'],
    network: { name: 'cfstage-h0me', aliases: ['my-db.service.internal'], also: 'cfstage-h0me-offline' },
  });
});
