import { describe, expect, test } from 'vitest';
import { listensOnAppPort } from '../../../src/lint/sidecar-ports.ts';
import { appOf, found, foundIn, orderOf, SOUND, type Tree } from './lint-fixtures.ts';

interface Declared {
  readonly name: string;
  readonly memory?: number;
  readonly command?: string;
  /** For no sidecar: []. */
  readonly for?: readonly string[];
}

/** A buildpack with a launch.yml of one line a process, from line 2 on. */
function declaring(...processes: readonly Declared[]): Tree {
  const items = processes.map(({ name, memory = 0, command = './run', for: types = ['web'] }) =>
    JSON.stringify({
      type: name,
      command,
      limits: { memory },
      platforms: { cloudfoundry: { sidecar_for: types } },
    }),
  );
  return { ...SOUND, 'launch.yml': `processes:\n${items.map((item) => `- ${item}`).join('\n')}\n` };
}

/** An app of 256 MB with these sidecars, each on line 5 and after. */
function app(sidecars: readonly string[], more = '') {
  return appOf(
    `- name: x\n  memory: 256M\n  sidecars:\n${sidecars.map((s) => `  - ${s}\n`).join('')}${more}`,
  );
}

describe('names', () => {
  const users = app(['{name: agent, command: ./a, process_types: [web]}']);
  test.each<[string, ReturnType<typeof orderOf>, string[]]>([
    ['apart', orderOf([declaring({ name: 'a' }), declaring({ name: 'b' })]), []],
    [
      'of the manifest',
      orderOf([declaring({ name: 'agent' })], { app: users }),
      ['sidecar-name error a/launch.yml:2'],
    ],
    ['of the manifest, other case', orderOf([declaring({ name: 'Agent' })], { app: users }), []],
    ['of a process and the manifest', orderOf([declaring({ name: 'agent', for: [] })], { app: users }), []],
    [
      'of another buildpack',
      orderOf([declaring({ name: 'a' }), declaring({ name: 'a' })]),
      ['sidecar-name error b/launch.yml:2'],
    ],
    [
      'of a process of another buildpack',
      orderOf([declaring({ name: 'a' }), declaring({ name: 'a', for: [] })]),
      ['sidecar-name error b/launch.yml:2'],
    ],
    [
      'twice in a file',
      orderOf([declaring({ name: 'a' }, { name: 'a' })]),
      ['sidecar-name error a/launch.yml:3'],
    ],
    ['processes alone', orderOf([declaring({ name: 'w', for: [] }), declaring({ name: 'w', for: [] })]), []],
    ['of candidates of which one is chosen', orderOf([declaring({ name: 'a' })], { skipDetect: false }), []],
  ])('%s', (_, subject, findings) => {
    expect(found(subject)).toEqual(findings);
  });
});

describe('memory', () => {
  const light = app(['{name: user, command: ./a, process_types: [web], memory: 100M}']);
  const sized = (...sizes: number[]) => declaring(...sizes.map((memory, i) => ({ name: `s${i}`, memory })));
  test.each<[string, Tree, string[]]>([
    ['below', sized(155), []],
    ['equal', sized(156), ['sidecar-memory error launch.yml:2']],
    ['together', sized(50, 120), ['sidecar-memory error launch.yml:3']],
    ['not asked for', sized(0), []],
    ['of another process type', declaring({ name: 's', memory: 900, for: ['worker'] }), []],
  ])('%s', (_, tree, findings) => {
    expect(foundIn(tree, { app: light })).toEqual(findings);
  });

  test('all of an order count together, but not candidates of which one is chosen', () => {
    const trees = [declaring({ name: 'a', memory: 150 }), declaring({ name: 'b', memory: 150 })];
    const none = app(['{name: user, command: ./a, process_types: [web]}']);
    expect(found(orderOf(trees, { app: none }))).toEqual(['sidecar-memory error a/launch.yml:2']);
    expect(found({ ...orderOf(trees), app: none, order: { length: 1, skipDetect: false } })).toEqual([]);
  });

  test('without an app nothing is known of it', () => {
    expect(foundIn(sized(9999))).toEqual([]);
  });
});

describe('ports', () => {
  test.each<[string, boolean]>([
    ['./server --port $PORT', true],
    ['./server --port ${PORT}', true],
    ['./server -p ${PORT:-9000}', true],
    ['./server --listen 0.0.0.0:8080', true],
    ['./server --listen http://0.0.0.0:8080', true],
    ['PORT=8080 ./server', true],
    ['./server --port $SIDE_PORT', true],
    ['./server --port ${OTHER:-8080}', true],
    ['./server --port $OTHER_PORT', false],
    ['PORT=8081 ./server --port $PORT', false],
    ['unset PORT; ./server', false],
    ['./server --port 18080', false],
    ['./server --port 8081', false],
    ['./server -Xmx8080m', false],
    ['./proxy --listen :9000 --upstream localhost:$PORT', false],
    ['./proxy --listen :9000 --backend-address=127.0.0.1:8080', false],
    ['./watch http://localhost:8080/health', false],
    ['while curl -s localhost:$PORT; do sleep 1; done', false],
  ])('%s', (command, expected) => {
    expect(listensOnAppPort(command, { SIDE_PORT: '8080', OTHER_PORT: '9000' })).toBe(expected);
  });

  test('a guess is a warning, and an error where the app says that it takes the port', () => {
    const users = ['{name: u, command: "./u $PORT", process_types: [web]}'];
    const tree = declaring(
      { name: 'b', command: './b $PORT' },
      { name: 'c', command: './c $PORT', for: ['worker'] },
    );
    expect(foundIn(tree, { app: app(users), appManifestFile: 'app.yml' })).toEqual([
      'sidecar-port warning app.yml:5',
      'sidecar-port warning launch.yml:2',
    ]);
    expect(foundIn(tree, { app: app(users, '  command: rackup -p $PORT\n') })).toEqual([
      'sidecar-port error launch.yml:2',
      'sidecar-port error manifest.yml:5',
    ]);
  });
});
