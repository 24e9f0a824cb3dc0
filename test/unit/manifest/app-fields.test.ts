import { describe, expect, it } from 'vitest';
import { messagesOf, parse, parseApp, withApp } from './manifest-text.ts';

const LONG = 'a'.repeat(4097);
const FEATURES =
  'Features must be a map of valid feature names to booleans (true = enabled, false = disabled)';

describe('faults of app attributes', () => {
  it.each([
    // lifecycle
    ['buildpacks: [99]', 'Buildpacks can only contain strings'],
    ['buildpacks: [~]', 'Buildpacks can only contain strings'],
    ['buildpacks: [""]', 'Buildpacks entries must be between 1 and 4096 characters'],
    [`buildpacks: [${LONG}]`, 'Buildpacks entries must be between 1 and 4096 characters'],
    ['buildpacks: ruby', 'Buildpacks must be an array'],
    ['buildpack: 99', 'Buildpack must be a string'],
    ['buildpack: ""', 'Buildpack must be between 1 and 4096 characters'],
    [`buildpack: ${LONG}`, 'Buildpack must be between 1 and 4096 characters'],
    ['buildpack: a\nbuildpacks: [b]', 'Buildpack and Buildpacks fields cannot be used together.'],
    ['stack: [a]', 'Stack must be a string'],
    ['stack: {a: b}', 'Stack must be a string'],
    [`stack: ${LONG}`, 'Stack must be between 1 and 4096 characters'],
    ['docker: {image: i}\nbuildpacks: [b]', 'Cannot specify both buildpack(s) and docker keys'],
    ['docker: {image: i}\nbuildpack: b', 'Cannot specify both buildpack(s) and docker keys'],
    ['docker: image', 'Docker must be a map with an image and a username'],
    ['cnb-credentials: secret', 'Credentials must be an object'],
    // features
    ['features: [ssh]', FEATURES],
    ['features: {}', FEATURES],
    ['features:', FEATURES],
    ['features: {teleport: true}', FEATURES],
    ['features: {ssh: "true"}', FEATURES],
    [
      'features: {service-binding-k8s: true, file-based-vcap-services: true}',
      "'file-based-vcap-services' and 'service-binding-k8s' features cannot be enabled at the same time.",
    ],
    // metadata
    ['metadata: text', 'Metadata must be an object'],
    ['metadata: {x: {}}', "Metadata has unexpected field(s): 'x'"],
    ['metadata: {labels: text}', "Metadata 'labels' is not an object"],
    ['metadata: {annotations: text}', "Metadata 'annotations' is not an object"],
    ['metadata: {labels: {"": v}}', 'Metadata label key error: key cannot be empty string'],
    ['metadata: {labels: {"a b": v}}', "Metadata label key error: 'a b' contains invalid characters"],
    ['metadata: {labels: {-a: v}}', "Metadata label key error: '-a' starts or ends with invalid characters"],
    ['metadata: {labels: {a: "no !"}}', "Metadata label value error: 'no !' contains invalid characters"],
    [
      `metadata: {annotations: {${'x'.repeat(64)}: v}}`,
      "Metadata annotation key error: 'xxxxxxxx...' is greater than 63 characters",
    ],
    [
      `metadata: {annotations: {a: ${'y'.repeat(5001)}}}`,
      "Metadata annotation value error: 'yyyyyyyy...' is greater than 5000 characters",
    ],
    // services
    ['services: db', 'Services must be a list of service instances'],
    ['services:', 'Services must be a list of service instances'],
    ['services: [1]', 'Services must be a list of service instances'],
    ['services: [{parameters: {}}]', 'Services must be a list of service instances'],
    ['services: [{name: db, plan: big}]', 'Services must be a list of service instances'],
    ['services: [{name: db, parameters: text}]', 'Services must be a list of service instances'],
    ['services: [{name: db, binding_name: 1}]', 'Services must be a list of service instances'],
    ['services: [{name: db, binding-name: b}]', 'Services must be a list of service instances'],
    // routes
    ['routes: a.example.com', 'Routes must be a list of route objects'],
    ['routes: [a.example.com]', 'Routes must be a list of route objects'],
    ['routes: [{protocol: http1}]', 'Routes must be a list of route objects'],
    ['routes: [{route: ""}]', 'Routes must be a list of route objects'],
    ['routes: [{route: blah}]', "The route 'blah' is not a properly formed URL"],
    ['routes: [{route: "ftp://a.b"}]', "The route 'ftp://a.b' is not a properly formed URL"],
    ['routes: [{route: "http://a.b:80"}]', "The route 'http://a.b:80' is not a properly formed URL"],
    ['routes: [{route: "tcp://a.b"}]', "The route 'tcp://a.b' is not a properly formed URL"],
    ['routes: [{route: a.b, protocol: http3}]', "Route protocol must be 'http1', 'http2' or 'tcp'."],
    ['routes: [{route: a.b, options: text}]', "Route 'a.b': options must be an object"],
    [
      'routes: [{route: a.b, options: {color: red}}]',
      "Route 'a.b' contains invalid route option 'color'. Valid keys: 'loadbalancing'",
    ],
    [
      'routes: [{route: a.b, options: {loadbalancing: magic}}]',
      "Cannot use loadbalancing value 'magic' for Route 'a.b'; Valid values are: 'round-robin, least-connection'",
    ],
    [
      'routes: [{route: a.b, options: {loadbalancing: 1}}]',
      "Invalid value for 'loadbalancing' for Route 'a.b'; Valid values are: 'round-robin, least-connection'",
    ],
    ['no-route: "true"', 'No-route must be a boolean'],
    ['random-route: 1', 'Random-route must be a boolean'],
    ['default-route: [a]', 'Default-route must be a boolean'],
    ['random-route: true\ndefault-route: true', 'Random-route and default-route may not be used together'],
    // lists
    ['processes: web', 'Processes must be an array of process configurations'],
    ['processes: [web]', 'Processes must be an array of process configurations'],
    ['processes: [{instances: 1}, {type: ""}]', 'All Processes must specify a type'],
    ['processes: [{type: a}, {type: a}]', 'Process "a" may only be present once'],
    ['sidecars: text', 'Sidecars must be an array of sidecar configurations'],
    ['sidecars: [text]', 'Sidecars must be an array of sidecar configurations'],
    ['path: [a]', 'Path must be a string'],
  ])('%s', (yaml, message) => {
    expect(messagesOf(() => parseApp(yaml))).toEqual([`For application 'x': ${message}`]);
  });

  it.each([
    ['name: [a]', 'For application at index 0: Name must be a string'],
    ['name: "  "', 'For application at index 0: Name must not be empty'],
    ['name: "a\\tb"', "For application 'a\tb': name is invalid"],
    ['path: [a]', 'For application at index 0: Path must be a string'],
  ])('%s', (yaml, message) => {
    expect(messagesOf(() => parse(`applications:\n- ${yaml}\n`))).toEqual([message]);
  });
});

describe('app attributes', () => {
  it('have defaults', () => {
    expect(parseApp()).toEqual({
      name: 'x',
      buildpacks: [],
      env: {},
      features: {},
      services: [],
      routes: [],
      noRoute: false,
      randomRoute: false,
      defaultRoute: true,
      sidecars: [],
      processes: [
        {
          type: 'web',
          instances: 1,
          memoryMb: 1024,
          diskMb: 1024,
          logRateLimitBytes: -1,
          healthCheck: { type: 'port', timeoutSeconds: 60, invocationTimeoutSeconds: 1, intervalSeconds: 30 },
          readiness: { type: 'process', invocationTimeoutSeconds: 1, intervalSeconds: 30 },
        },
      ],
    });
  });

  it.each([
    ['path: ./app', { path: './app' }],
    ['path:', {}],
    ['stack: cflinuxfs4', { stack: 'cflinuxfs4' }],
    ['stack: 99', { stack: '99' }],
    ['stack: ""', {}],
    ['buildpack: ruby_buildpack', { buildpacks: ['ruby_buildpack'] }],
    ['buildpack: default', { buildpacks: [] }],
    ['buildpack: "null"', { buildpacks: [] }],
    ['buildpack: null', { buildpacks: [] }],
    ['buildpacks: [a, "https://b/c.git#v1"]', { buildpacks: ['a', 'https://b/c.git#v1'] }],
    ['buildpacks:', { buildpacks: [] }],
    ['docker: {image: u/i, username: u}', { docker: { image: 'u/i', username: 'u' }, lifecycle: 'docker' }],
    ['docker:', {}],
    ['lifecycle: cnb', { lifecycle: 'cnb' }],
    ['lifecycle: sorcery', {}],
    ['cnb-credentials: {r: {}}', {}],
    ['features: {ssh: false, revisions: on}', { features: { ssh: false, revisions: true } }],
    ['metadata: {labels: {a.b/c: d}}', { metadata: { labels: { 'a.b/c': 'd' }, annotations: {} } }],
    ['metadata:', {}],
    ['no-route: true', { noRoute: true, defaultRoute: false }],
    ['no_route: yes', { noRoute: true, defaultRoute: false }],
    ['random-route: true', { randomRoute: true, defaultRoute: false }],
    ['default-route: true', { defaultRoute: true }],
    ['random-route:', { randomRoute: false }],
    [
      'services: [db, {name: q, binding_name: b, parameters: {i: 1, f: 1.5, t: yes, l: [~]}}]',
      {
        services: [
          { name: 'db' },
          { name: 'q', bindingName: 'b', parameters: { i: 1, f: 1.5, t: true, l: [null] } },
        ],
      },
    ],
    [
      'routes: [{route: "*.a.b/p"}, {route: "a.b:1234", protocol: tcp}, {route: "https://a.b", options: {loadbalancing: round-robin}}]',
      {
        routes: [
          { route: '*.a.b/p' },
          { route: 'a.b:1234', protocol: 'tcp' },
          { route: 'https://a.b', options: { loadbalancing: 'round-robin' } },
        ],
      },
    ],
  ])('%s', (yaml, expected) => {
    expect(parseApp(yaml)).toEqual({ ...parseApp(), ...expected });
  });

  it.each([
    ['name: 42', '42'],
    ['name: "  padded "', 'padded'],
    ['name:', ''],
    ['path: .', ''],
  ])('%s names the app %j', (yaml, name) => {
    expect(parse(`applications:\n- ${yaml}\n`).apps[0]?.name).toBe(name);
  });
});

describe('unknown keys', () => {
  it('are told once each, with their place, and change nothing', () => {
    const text = `${withApp('memroy: 1M', 'processes: [{type: web, comand: x}]')}- {name: y, memroy: 2M}\nextra: 1\n`;
    expect(parse(text).warnings).toEqual([
      "manifest.yml:6:1: unknown key 'extra' at the top is ignored",
      "manifest.yml:3:3: unknown key 'memroy' of an app is ignored",
      "manifest.yml:4:27: unknown key 'comand' of a process is ignored",
    ]);
  });

  it('of sidecars are not respelt', () => {
    const text = withApp('sidecars:', '- {name: s, command: c, process_types: [web], process-types: [a]}');
    expect(parse(text).warnings).toEqual([
      "manifest.yml:4:49: unknown key 'process-types' of a sidecar is ignored",
    ]);
  });
});
