import { describe, expect } from 'vitest';
import { writeSupplyBuildpack } from './support/dumped-environment.ts';
import { freePort } from './support/free-port.ts';
import { openOutside } from './support/outside.ts';
import { buildpack, fixture } from './support/paths.ts';
import { STAND_IN, test } from './support/workplace.ts';

const HELLO = `app: ${fixture('apps/hello-web')}\nstack: cflinuxfs4\n`;
const PROCFILE = buildpack('uses-the-procfile');

/** What is said of each scenario that fails: its place, its message and its details. By place: they end in any order. */
function failures(stdout: string): readonly string[] {
  return [...stdout.matchAll(/ traffic\.cfstage\.yml:(.*(?:\n {4}.*)*)/g)]
    .map(([, told = '']) => told.replace(/^ {4}/gm, ''))
    .sort();
}

describe('a spec with `traffic`', () => {
  test('passes for what was tried and nothing else, and tells what of it was not expected', async ({
    place,
  }) => {
    await using outside = await openOutside();
    const { address, port } = outside;
    const closed = await freePort();
    const supply = await writeSupplyBuildpack(
      place,
      `curl -sS ${outside.url}; curl -sS http://${address}:${closed}; getent hosts no.such.; exit 0`,
    );
    const failing = await writeSupplyBuildpack(place, `exec curl -sS ${outside.url}`, 'fails');
    await place.write(
      'traffic.cfstage.yml',
      `${HELLO}buildpacks: [${PROCFILE}]
scenarios:
  - name: makes none
    steps: [start, { request: /, expect: { response: hello, traffic: none } }, stop, { expect: { traffic: none } }]
  - name: makes some in staging
    buildpacks: [${supply}, ${PROCFILE}]
    steps: [stage, { expect: { traffic: ['${address}:${port}', '${address}:${closed}', /^no\\.such$/] } }]
  - name: makes some when it runs, offline
    offline: true
    steps:
      - start
      - expect: { traffic: none }
      - exec: curl -sS ${outside.url} || true
        expect: { traffic: ['${address}'] }
  - name: is cut off while it is staged
    offline: true
    buildpacks: [${failing}, ${PROCFILE}]
    steps:
      - stage: { fails: { phase: supply } }
        expect: { traffic: ['${address}:${port}'] }
  - name: should make none
    buildpacks: [${supply}, ${PROCFILE}]
    steps: [stage, { expect: { traffic: none } }]
  - name: should ask somebody else
    buildpacks: [${supply}, ${PROCFILE}]
    steps: [stage, { expect: { traffic: [/./, 'deps.test:443'] } }]
  - name: should make some
    steps: [stage, { expect: { traffic: ['deps.test'] } }]
`,
    );
    const { exitCode, stdout } = await place.run(['test', ...STAND_IN]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/\n7 scenarios: 4 passed, 3 failed in /);
    const by = `by bin/supply of ${supply}`;
    const all = [
      `tcp ${address}:${port}, answered, ${by}`,
      `tcp ${address}:${closed}, refused, ${by}`,
      expect.stringMatching(/^dns no\.such, \w+, by /) as string,
    ];
    const told = failures(stdout).map((text) => text.split('\n'));
    expect(told).toEqual([
      ['25:22', `${address}:${port} was tried to reach, which is not expected`, 'This was tried:', ...all],
      ['28:22', "Nothing has tried to reach 'deps.test:443'", 'This was tried:', ...all],
      ['30:22', "Nothing has tried to reach 'deps.test'", 'Nothing was tried at all.'],
    ]);
  });
});

describe('a spec with `proxy`', () => {
  test('passes for what the proxy was asked for, by both schemes, and tells what it was asked for', async ({
    place,
  }) => {
    await using outside = await openOutside();
    const { address, port, url } = outside;
    const supply = await writeSupplyBuildpack(
      place,
      `echo "by $http_proxy"; curl -sSf ${url}/plain; curl -sSf -p ${url}/tunnel; echo`,
    );
    await place.write(
      'traffic.cfstage.yml',
      `${HELLO}buildpacks: [${supply}, ${PROCFILE}]
offline: true
matrix: { scheme: [http, https] }
scenarios:
  - name: asks the proxy
    proxy: ((matrix.scheme))
    steps:
      - stage
      - expect:
          log: /by ((matrix.scheme)):/
          proxied: ['CONNECT ${address}:${port}', 'GET ${url}/plain']
          traffic: ['${address}:${port}']
  - name: asks the proxy for something else
    matrix: {}
    proxy: http
    steps: [stage, { expect: { proxied: ['GET ${url}/plain', '/GET .*other/'] } }]
  - name: does not ask the proxy
    matrix: {}
    proxy: http
    buildpacks: [${PROCFILE}]
    steps: [stage, { expect: { proxied: GET } }]
`,
    );
    const { exitCode, stdout } = await place.run(['test', ...STAND_IN]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/\n4 scenarios: 2 passed, 2 failed in /);
    expect(failures(stdout).map((text) => text.split('\n'))).toEqual([
      [
        '18:22',
        'The proxy had no request /GET .*other/',
        ...['It had:', `GET ${url}/plain`, `CONNECT ${address}:${port}`],
      ],
      ['23:22', "The proxy had no request 'GET'", 'It had none at all.'],
    ]);
  });
});
