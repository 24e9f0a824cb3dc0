import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { packTar } from '../../../src/archive/pack-tar.ts';
import { prependMembers } from '../../../src/archive/prepend.ts';
import type { TarMember } from '../../../src/archive/tar-member.ts';

function file(path: string, content: string): TarMember {
  const bytes = Buffer.from(content);
  return { type: 'file', path, mode: 0o644, mtime: 0, size: bytes.length, uid: 1, gid: 1, open: () => bytes };
}

// eslint-disable-next-line @typescript-eslint/require-await -- what packTar takes is asynchronous
async function* each(...members: readonly TarMember[]): AsyncGenerator<TarMember, void, undefined> {
  yield* members;
}

describe('prependMembers', () => {
  it('puts members first and leaves the rest as it is', async () => {
    const rest = packTar(() => each(file('app/a', 'A'), file('app/b', 'B'.repeat(100_000))));
    const joined = await prependMembers([file('./first', 'one'), file('./second', 'two')], rest);
    const bytes = Buffer.concat((await joined.toArray()) as Buffer[]);
    const tar = (...args: string[]) => execFileSync('tar', args, { input: bytes, encoding: 'utf8' });
    expect(tar('-t').trim().split('\n')).toEqual(['./first', './second', 'app/a', 'app/b']);
    expect(tar('-xO', './second', 'app/a')).toBe('twoA');
  });

  it('fails with the stream behind it', async () => {
    const broken = new Readable({ read: () => broken.destroy(new Error('connection lost')) });
    const joined = await prependMembers([file('first', 'one')], broken);
    await expect(text(joined)).rejects.toThrow('connection lost');
  });

  it('lets go of the stream behind it when nobody reads on', async () => {
    const rest = new Readable({ read: () => undefined });
    const joined = await prependMembers([file('first', 'one')], rest);
    joined.destroy();
    await new Promise((resolve) => rest.once('close', resolve));
    expect(rest.destroyed).toBe(true);
  });
});
