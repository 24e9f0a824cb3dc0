import type { Readable } from 'node:stream';
import { packTar } from '../../../src/archive/pack-tar.ts';
import { readTar } from '../../../src/archive/read-tar.ts';
import type { TarMember } from '../../../src/archive/tar-member.ts';

export const OWNER = { uid: 2000, gid: 2000 } as const;

export function file(path: string, text: string, mode = 0o644): Extract<TarMember, { type: 'file' }> {
  const content = Buffer.from(text);
  return {
    path,
    type: 'file',
    mode,
    ...OWNER,
    mtime: 1_600_000_000_000,
    size: content.length,
    open: () => content,
  };
}

export function link(type: 'symlink' | 'hardlink', path: string, target: string): TarMember {
  return { path, type, mode: 0o777, ...OWNER, mtime: 1_600_000_000_000, target };
}

export function directory(path: string, mode = 0o755): TarMember {
  return { path, type: 'directory', mode, ...OWNER, mtime: 1_600_000_000_000 };
}

/** An archive made without any check of what is in it. */
export function tarOf(...members: readonly TarMember[]): Readable {
  return packTar(() => iterate(members));
}

export async function* iterate<T>(values: Iterable<T>): AsyncGenerator<T> {
  for (const value of values) yield await Promise.resolve(value);
}

export async function bytesOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** One line a member: type, path, mode, owner, and the content or target. */
export async function listingOf(tar: Readable): Promise<string[]> {
  const lines: string[] = [];
  for await (const member of readTar(tar)) {
    const what =
      member.type === 'file'
        ? ` = ${(await bytesOf(member.open() as Readable)).toString()}`
        : 'target' in member
          ? ` -> ${member.target}`
          : '';
    lines.push(`${member.type} ${member.path} ${member.mode.toString(8)} ${member.uid}:${member.gid}${what}`);
  }
  return lines;
}
