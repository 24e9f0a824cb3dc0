import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { homeAt, type Home } from '../../../src/host/home.ts';
import { SessionDirectory, type SessionRecord } from '../../../src/host/session-directory.ts';
import { currentOwner } from '../../../src/host/session-owner.ts';
import { put, tempDir } from './host-fixtures.ts';

const nothing = () => Promise.resolve();
const DEAD = `${hostname()} ${process.pid} 1`;

async function record(id: string, fields: Partial<SessionRecord> = {}): Promise<SessionRecord> {
  const known = {
    id,
    kind: 'app' as const,
    app: 'my-app',
    owner: await currentOwner(),
    socket: '/none',
    services: [],
  };
  return { ...known, ...fields };
}

function files({ root }: Home): readonly string[] {
  return existsSync(join(root, 'sessions')) ? readdirSync(join(root, 'sessions')).sort() : [];
}

describe('the sessions of a state folder', () => {
  test('are those that entered and did not leave, for every process of the machine', async () => {
    const home = homeAt(tempDir());
    const directory = new SessionDirectory(home);
    expect(await directory.sessions()).toEqual([]);
    const [one, two] = [await record('one'), await record('two', { app: 'Ä app', services: ['db'] })];
    await Promise.all([directory.enter(one, nothing), directory.enter(two, nothing)]);
    expect(await new SessionDirectory(home).sessions()).toEqual([one, two]);
    await directory.leave('one', nothing);
    await directory.leave('one', nothing);
    expect(await directory.sessions()).toEqual([two]);
  });

  test('are without those whose process is gone, and so is what it left', async () => {
    const home = homeAt(tempDir());
    const directory = new SessionDirectory(home);
    const socket = join(home.root, 'sessions', 'left.sock');
    put(socket, '');
    await directory.enter(await record('dead', { owner: DEAD, socket }), nothing);
    await directory.enter(await record('live'), nothing);
    expect((await directory.sessions()).map(({ id }) => id)).toEqual(['live']);
    expect(files(home)).toHaveLength(1);
  });

  test('are without those of another machine, whose files stay', async () => {
    const home = homeAt(tempDir());
    const directory = new SessionDirectory(home);
    await directory.enter(await record('far', { owner: `not-${hostname()} 1 1` }), nothing);
    expect(await directory.sessions()).toEqual([]);
    expect(files(home)).toHaveLength(1);
  });

  test.each([
    '',
    '{',
    'null',
    '[]',
    '"text"',
    '{"id":"x"}',
    '{"id":1,"app":"a","owner":"o","socket":"s","services":[]}',
  ])('are without a damaged file: %s', async (content) => {
    const home = homeAt(tempDir());
    const directory = new SessionDirectory(home);
    await directory.enter(await record('good'), nothing);
    writeFileSync(join(home.root, 'sessions', 'damaged.json'), content);
    expect((await directory.sessions()).map(({ id }) => id)).toEqual(['good']);
  });
});

describe('what all sessions share', () => {
  test('is made before the first is known, and not entered when it cannot be', async () => {
    const home = homeAt(tempDir());
    const directory = new SessionDirectory(home);
    await directory.enter(await record('one'), async () => {
      expect(await directory.sessions()).toEqual([]);
    });
    const failing = directory.enter(await record('two'), () => Promise.reject(new Error('no network')));
    await expect(failing).rejects.toThrow('no network');
    expect((await directory.sessions()).map(({ id }) => id)).toEqual(['one']);
    await directory.enter(await record('three'), nothing);
  });

  test('is never made and given up at the same time', async () => {
    const home = homeAt(tempDir());
    let inside = 0;
    let most = 0;
    const alone = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        const directory = new SessionDirectory(home);
        await directory.enter(await record(`s${i}`), alone);
        await directory.leave(`s${i}`, alone);
      }),
    );
    await new SessionDirectory(home).holding(alone);
    expect(most).toBe(1);
    expect(await new SessionDirectory(home).sessions()).toEqual([]);
  });

  test('holds the sessions that live; dead ones do not count', async () => {
    const home = homeAt(tempDir());
    const directory = new SessionDirectory(home);
    await directory.enter(await record('live'), nothing);
    await directory.enter(await record('dead', { owner: DEAD }), nothing);
    const held: string[][] = [];
    const hold = () =>
      directory.holding((sessions) => Promise.resolve(void held.push(sessions.map(({ id }) => id))));
    await hold();
    await directory.leave('live', nothing);
    await hold();
    expect(held).toEqual([['live'], []]);
  });

  test('that cannot be given up does not keep the session', async () => {
    const home = homeAt(tempDir());
    const directory = new SessionDirectory(home);
    await directory.enter(await record('one'), nothing);
    await expect(directory.leave('one', () => Promise.reject(new Error('engine')))).rejects.toThrow('engine');
    expect(await directory.sessions()).toEqual([]);
  });
});
