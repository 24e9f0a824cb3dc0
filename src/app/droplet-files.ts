import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { readTar } from '../archive/read-tar.ts';
import type { TarMember } from '../archive/tar-member.ts';

/** One member of a droplet. */
export interface DropletFile {
  /** Relative to /home/vcap, e.g. `app/Procfile`. */
  readonly path: string;
  readonly type: TarMember['type'];
  /** Permission bits, e.g. 0o755. */
  readonly mode: number;
  /** Bytes; 0 of what is no file. */
  readonly size: number;
  /** Of a link. */
  readonly target?: string;
}

/** The members of a droplet, by path. */
export async function listDroplet(tar: Readable, signal?: AbortSignal): Promise<readonly DropletFile[]> {
  const files: DropletFile[] = [];
  for await (const member of readTar(tar, signal)) {
    const { path, type, mode } = member;
    files.push({
      path,
      type,
      mode,
      size: member.type === 'file' ? member.size : 0,
      ...('target' in member ? { target: member.target } : {}),
    });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The content of a file of a droplet; undefined when there is none of that path. */
export async function findDropletFile(
  tar: Readable,
  path: string,
  signal?: AbortSignal,
): Promise<Buffer | undefined> {
  for await (const member of readTar(tar, signal)) {
    if (member.path !== path || member.type !== 'file') continue;
    const content = member.open();
    return Buffer.isBuffer(content) ? content : await buffer(content);
  }
  return undefined;
}
