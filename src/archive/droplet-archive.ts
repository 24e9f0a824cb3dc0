import type { Readable } from 'node:stream';
import type { Owner } from './entry.ts';
import { packTar } from './pack-tar.ts';
import { readTar } from './read-tar.ts';
import type { TarMember } from './tar-member.ts';
import { CfstageError } from '../errors.ts';

/** A droplet on its way into a container. */
export interface DropletArchive {
  /** The plain tar. It fails with DROPLET_INVALID, at its end at the latest, when the source is no droplet. */
  readonly tar: Readable;
  /** Text of `staging_info.yml`; settles at the latest when `tar` ends or fails. */
  readonly stagingInfo: Promise<string>;
}

const STAGING_INFO = 'staging_info.yml';
/** The real file is one line of JSON; anything near this size is something else. */
const STAGING_INFO_BYTES = 1024 * 1024;

/**
 * Reads a droplet, gzipped or plain (members `./app/…`, `./staging_info.yml`: buildpackapplifecycle,
 * buildpackrunner/runner.go), in one pass. Every member gets `owner`.
 */
export function readDroplet(source: Readable, owner: Owner, signal?: AbortSignal): DropletArchive {
  let found: string | undefined;
  const onStagingInfo = (text: string): void => void (found = text);
  const tar = packTar((closed) => checked(source, owner, onStagingInfo, closed), signal);
  const stagingInfo = new Promise<string>((resolve, reject) => {
    tar.once('error', reject);
    tar.once('close', () => {
      if (found === undefined) reject(notADroplet('it was not read to its end'));
      else resolve(found);
    });
  });
  stagingInfo.catch(() => undefined);
  return { tar, stagingInfo };
}

/** Reads a droplet through to see that it is one; the text of `staging_info.yml`. Raises DROPLET_INVALID. */
export async function checkDroplet(source: Readable, signal?: AbortSignal): Promise<string> {
  const { tar, stagingInfo } = readDroplet(source, { uid: 0, gid: 0 }, signal);
  tar.resume();
  return await stagingInfo;
}

async function* checked(
  source: Readable,
  owner: Owner,
  onStagingInfo: (text: string) => void,
  closed: AbortSignal,
): AsyncGenerator<TarMember, void, undefined> {
  let hasApp = false;
  let text: string | undefined;
  try {
    for await (const member of readTar(source, closed)) {
      hasApp ||= member.path.startsWith('app/') || (member.path === 'app' && member.type === 'directory');
      if (member.path === STAGING_INFO && member.type === 'file') {
        const content = await readSmall(member);
        text = content.toString('utf8');
        yield { ...member, ...owner, path: `./${member.path}`, open: () => content };
      } else if (member.type === 'hardlink') {
        yield { ...member, ...owner, path: `./${member.path}`, target: `./${member.target}` };
      } else yield { ...member, ...owner, path: `./${member.path}` };
    }
  } catch (error) {
    if (error instanceof CfstageError && error.code === 'ARCHIVE_INVALID')
      throw notADroplet(error.message, error);
    throw error;
  }
  if (!hasApp) throw notADroplet('it has no ./app directory');
  if (text === undefined) throw notADroplet(`it has no ./${STAGING_INFO}`);
  onStagingInfo(text);
}

async function readSmall(member: Extract<TarMember, { type: 'file' }>): Promise<Buffer> {
  if (member.size > STAGING_INFO_BYTES) throw notADroplet(`its ${STAGING_INFO} has ${member.size} bytes`);
  const content = member.open();
  if (Buffer.isBuffer(content)) return content;
  const chunks: Buffer[] = [];
  for await (const chunk of content as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function notADroplet(why: string, cause?: unknown): CfstageError {
  return new CfstageError('DROPLET_INVALID', `This is not a droplet: ${why}`, {
    hint: "Give a droplet made by 'cfstage stage --output DIR' or 'cf download-droplet'.",
    ...(cause === undefined ? {} : { cause }),
  });
}
