import { describe, expect, it } from 'vitest';
import { bindingFiles } from '../../../src/services/binding-files.ts';
import { deliverServices } from '../../../src/services/deliver-services.ts';
import { vcapServices } from '../../../src/services/vcap-services.ts';
import { bindingsOf } from './services-text.ts';

const USER_PROVIDED = 'services: [{name: db, credentials: {uri: u}, syslog_drain_url: "s://a,b"}]';
const MANAGED =
  'services: [{name: db, label: pg, plan: small, tags: [sql], volume_mounts: [{device_type: shared, container_dir: /d, mode: rw, device: {secret: x}}]}]';
const TWO_LABELS =
  'services: [{name: a, label: x, plan: p}, {name: b}, {name: c, label: x, plan: q, provider: v}]';

describe('bindServices', () => {
  it.each([
    ['[db]', 'services: []', "Service instance 'db' not found", 'SERVICE_UNKNOWN'],
    [
      '[a, db, b]',
      'services: [{name: db}]',
      "Service instance 'a' not found\nService instance 'b' not found",
      'SERVICE_UNKNOWN',
    ],
    [
      '[{name: db, binding_name: a.b}]',
      'services: [{name: db}]',
      "For service 'db': The binding name is invalid. Valid characters are alphanumeric, underscore, and dash.",
      'SERVICES_INVALID',
    ],
    [
      `[{name: db, binding_name: ${'x'.repeat(256)}}]`,
      'services: [{name: db}]',
      "For service 'db': The binding name is invalid. App binding names must be less than 256 characters.",
      'SERVICES_INVALID',
    ],
    [
      '[{name: a, binding_name: m}, {name: b, binding_name: m}]',
      'services: [{name: a}, {name: b}]',
      "For service 'b': The binding name is invalid. App binding names must be unique. The app already has a binding with name 'm'.",
      'SERVICES_INVALID',
    ],
  ])('%s of %s', (services, file, message, code) => {
    expect(() => bindingsOf(services, file)).toThrow(expect.objectContaining({ message, code }));
  });

  it('keeps the order of the manifest and binds an instance once', () => {
    const bindings = bindingsOf(
      '[b, {name: a, binding_name: x}, b, {name: a, binding_name: z}]',
      'services: [{name: a}, {name: b}]',
    );
    expect(bindings.map(({ instance, bindingName }) => [instance.name, bindingName])).toEqual([
      ['b', null],
      ['a', 'x'],
    ]);
  });
});

describe('vcapServices', () => {
  it.each([
    ['[]', 'services: []', '{}'],
    [
      '[db]',
      USER_PROVIDED,
      '{"user-provided":[{"label":"user-provided","name":"db","tags":[],"instance_guid":"<service instance:db>","instance_name":"db","binding_guid":"<service binding:x:db>","binding_name":null,"credentials":{"uri":"u"},"syslog_drain_url":"s://a%2cb","volume_mounts":[]}]}',
    ],
    [
      '[{name: db, binding_name: my_db}]',
      MANAGED,
      '{"pg":[{"label":"pg","provider":null,"plan":"small","name":"my_db","tags":["sql"],"instance_guid":"<service instance:db>","instance_name":"db","binding_guid":"<service binding:x:db>","binding_name":"my_db","credentials":{},"syslog_drain_url":null,"volume_mounts":[{"device_type":"shared","container_dir":"/d","mode":"rw"}]}]}',
    ],
  ])('%s of %s', (services, file, json) => {
    expect(vcapServices(bindingsOf(services, file))).toBe(json);
  });

  it('groups by label, in the order of the bindings', () => {
    const value = JSON.parse(vcapServices(bindingsOf('[c, b, a]', TWO_LABELS))) as Record<
      string,
      { name: string }[]
    >;
    expect(Object.entries(value).map(([label, list]) => [label, ...list.map(({ name }) => name)])).toEqual([
      ['x', 'c', 'a'],
      ['user-provided', 'b'],
    ]);
  });
});

describe('bindingFiles', () => {
  it('writes credentials and then attributes over them, texts as they are and the rest as JSON', () => {
    const file = `services: [{name: db, label: pg, plan: small, credentials: {uri: u, port: 1, empty: {}, none: null, label: mine, provider: mine, on1: true, list: [1], text: ""}}]`;
    expect(bindingFiles(bindingsOf('[db]', file))).toEqual({
      'db/uri': 'u',
      'db/port': '1',
      'db/on1': 'true',
      'db/list': '[1]',
      'db/text': '',
      'db/label': 'pg',
      'db/name': 'db',
      'db/plan': 'small',
      'db/instance_guid': '<service instance:db>',
      'db/instance_name': 'db',
      'db/binding_guid': '<service binding:x:db>',
      'db/type': 'pg',
      'db/provider': 'pg',
    });
  });

  it.each([
    ['[DB]', 'services: [{name: DB}]', "Invalid binding name: 'DB'. Name must match /^[a-z0-9\\-.]{1,253}$/"],
    ['[..]', 'services: [{name: ..}]', "Invalid binding name: '..'. Name must match /^[a-z0-9\\-.]{1,253}$/"],
    ['[{name: a, binding_name: b}, b]', 'services: [{name: a}, {name: b}]', 'Duplicate binding name: b'],
    ['[db]', 'services: [{name: db, credentials: {Uri: null}}]', 'Invalid file name: Uri'],
    ['[db]', 'services: [{name: db, credentials: {a/b: 1}}]', 'Invalid file name: a/b'],
  ])('refuses %s of %s', (services, file, message) => {
    for (const receiver of ['app', 'staging task', 'app task'] as const) {
      expect(() =>
        deliverServices(bindingsOf(services, file), { 'service-binding-k8s': true }, receiver),
      ).toThrow(
        expect.objectContaining({
          code: 'SERVICES_INVALID',
          message: `Cannot build service binding files for ${receiver} - ${message}`,
        }),
      );
    }
  });
});

describe('deliverServices', () => {
  const bindings = bindingsOf('[db]', USER_PROVIDED);

  it.each([
    [{}, 'env', []],
    [{ 'service-binding-k8s': false, ssh: true }, 'env', []],
    [{ 'file-based-vcap-services': true }, 'file-based-vcap-services', ['vcap_services']],
  ])('%o', (features, kind, files) => {
    const delivered = deliverServices(bindings, features, 'app');
    expect(delivered.delivery).toEqual({ kind, vcapServices: vcapServices(bindings) });
    expect(Object.keys(delivered.files)).toEqual(files);
    expect(Object.values(delivered.files)).toEqual(files.map(() => vcapServices(bindings)));
  });

  it.each([
    ['service-binding-k8s', 'db/key'],
    ['file-based-vcap-services', 'vcap_services'],
  ])('%s takes 1,000,000 bytes of paths and texts and not one more', (feature, path) => {
    const bytesWith = (size: number) => {
      const file = `services: [{name: db, credentials: {key: "${'x'.repeat(size)}"}}]`;
      const { files } = deliverServices(bindingsOf('[db]', file), { [feature]: true }, 'app');
      expect(files[path]).toBeDefined();
      return Object.entries(files).reduce((sum, [name, text]) => sum + Buffer.byteLength(name + text), 0);
    };
    // Of the k8s files, `provider` is written once more than it is kept.
    const room = 1_000_000 - bytesWith(0);
    const most = Array.from({ length: 40 }, (_, less) => room - less).find((size) => {
      try {
        return bytesWith(size) > 0;
      } catch {
        return false;
      }
    });
    expect(most).toBe(room);
    expect(() => bytesWith(room + 1)).toThrow(
      'Bindings exceed the maximum allowed bytesize of 1000000: 1000001',
    );
  });
});
