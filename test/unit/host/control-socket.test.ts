import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { askControl, controlPath, ControlServer } from '../../../src/host/control-socket.ts';
import { homeAt } from '../../../src/host/home.ts';
import { tempDir } from './host-fixtures.ts';

const { signal } = new AbortController();

async function listen(answer: (request: unknown) => Promise<unknown>): Promise<string> {
  const path = controlPath(homeAt(tempDir()), 'session');
  const server = await ControlServer.listen(path, answer);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return path;
}

describe('the path of a control socket', () => {
  test('lies in the state folder, another one for each session', () => {
    const home = homeAt('/state');
    expect(dirname(controlPath(home, 'a'))).toBe('/state/sessions');
    expect(controlPath(home, 'a')).toBe(controlPath(home, 'a'));
    expect(controlPath(home, 'a')).not.toBe(controlPath(home, 'b'));
  });

  test('is short enough below a state folder with a long name, and takes requests', async () => {
    const home = homeAt(join(tempDir(), 'x'.repeat(120)));
    const path = controlPath(home, 'a');
    expect(path.length).toBeLessThanOrEqual(100);
    expect(dirname(path)).toBe(tmpdir());
    await using server = await ControlServer.listen(path, (request) => Promise.resolve({ request }));
    expect(server).toBeDefined();
    expect(await askControl(path, 'long', signal)).toEqual({ request: 'long' });
  });
});

describe('a control server', () => {
  test('answers several at once, each its own', async () => {
    const path = await listen((request) => Promise.resolve({ to: request }));
    const asked = Array.from({ length: 20 }, (_, i) => ({ i, long: 'x'.repeat(100_000) }));
    const answers = await Promise.all(asked.map((request) => askControl(path, request, signal)));
    expect(answers).toEqual(asked.map((to) => ({ to })));
  });

  test('takes the place of a socket that a killed one left', async () => {
    const path = controlPath(homeAt(tempDir({ sessions: null })), 'session');
    await writeFile(path, '');
    await using server = await ControlServer.listen(path, () => Promise.resolve('here'));
    expect(server).toBeDefined();
    expect(await askControl(path, null, signal)).toBe('here');
  });

  test('goes on after what is no request, and after one who hangs up', async () => {
    const path = await listen((request) => Promise.resolve({ request }));
    for (const nonsense of ['', 'not JSON', '{"half":']) {
      const socket = connect({ path, allowHalfOpen: true });
      socket.end(nonsense);
      expect(await text(socket)).toBe('');
    }
    const silent = connect({ path });
    await once(silent, 'connect');
    silent.destroy();
    expect(await askControl(path, 'still there', signal)).toEqual({ request: 'still there' });
  });

  test('outlives one who asks and goes before the answer', async () => {
    let answerNow: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (answerNow = resolve));
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const path = await listen(async (request) => {
      if (request !== 'slow') return 'quick';
      asked();
      await slow;
      return 'x'.repeat(1_000_000);
    });
    const leaving = new AbortController();
    const answer = askControl(path, 'slow', leaving.signal);
    await isAsked;
    leaving.abort();
    await expect(answer).rejects.toMatchObject({ code: 'INTERRUPTED' });
    answerNow();
    expect(await askControl(path, 'next', signal)).toBe('quick');
  });

  test('ends with everybody answered, those who say nothing cut off, and its socket gone', async () => {
    const path = controlPath(homeAt(tempDir()), 'session');
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    let answerNow: () => void = () => undefined;
    const server = await ControlServer.listen(path, async () => {
      asked();
      await new Promise<void>((resolve) => (answerNow = resolve));
      return 'the last word';
    });
    const silent = connect({ path, allowHalfOpen: true });
    await once(silent, 'connect');
    const answer = askControl(path, 'x', signal);
    await isAsked;
    const closed = server[Symbol.asyncDispose]();
    answerNow();
    await closed;
    expect(await answer).toBe('the last word');
    expect(await text(silent)).toBe('');
    expect(existsSync(path)).toBe(false);
    expect(await askControl(path, 'x', signal)).toBeUndefined();
  });
});

describe('nobody answers', () => {
  test.each([
    { what: 'no socket', make: () => Promise.resolve() },
    { what: 'a file', make: (path: string) => writeFile(path, 'not a socket') },
    {
      what: 'a server that ends without an answer',
      make: async (path: string) => {
        const server = createServer((socket) => void socket.resume().on('end', () => socket.destroy()));
        await once(server.listen(path), 'listening');
        onTestFinished(() => void server.close());
      },
    },
    {
      what: 'a server that breaks off in the middle of the answer',
      make: async (path: string) => {
        const server = createServer({ allowHalfOpen: true }, (socket) => {
          socket.resume().on('end', () => socket.end('{"status":'));
        });
        await once(server.listen(path), 'listening');
        onTestFinished(() => void server.close());
      },
    },
  ])('$what', async ({ make }) => {
    const path = join(tempDir(), 'sock');
    await make(path);
    expect(await askControl(path, { action: 'status' }, signal)).toBeUndefined();
  });

  test('an interruption ends the waiting', async () => {
    const path = await listen(() => new Promise((resolve) => setTimeout(resolve, 100)));
    const controller = new AbortController();
    const answer = askControl(path, 'x', controller.signal);
    controller.abort();
    await expect(answer).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await expect(askControl(path, 'x', AbortSignal.abort())).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});
