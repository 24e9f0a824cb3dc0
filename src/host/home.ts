import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the state of cfstage lies. Nothing is made until it is written. */
export interface Home {
  readonly root: string;
  /** The registered buildpacks, in order. */
  readonly buildpacks: string;
  /** Downloaded buildpacks, by digest. */
  readonly downloads: string;
  /** Images of stacks, for machines that begin empty each time. */
  readonly images: string;
  /** One folder an app. */
  readonly apps: string;
  /** The authority that signs instance identities. */
  readonly identity: string;
}

/** The state folder of this user: `$CFSTAGE_HOME` or `~/.cfstage`. */
export function homeFolder(env: NodeJS.ProcessEnv): string {
  const home = env['CFSTAGE_HOME'];
  return home === undefined || home === '' ? join(homedir(), '.cfstage') : home;
}

/** The layout below `root`, which is `$CFSTAGE_HOME` or `~/.cfstage`. */
export function homeAt(root: string): Home {
  return {
    root,
    buildpacks: join(root, 'buildpacks.json'),
    downloads: join(root, 'downloads'),
    images: join(root, 'images'),
    apps: join(root, 'apps'),
    identity: join(root, 'instance-identity'),
  };
}

/** Longest folder name that is spelled out; file systems stop at 255 bytes. */
const MAX_NAME = 200;

/** An app's name as the name of a folder: never a path, never empty, and different for different names. */
export function encodeAppName(name: string): string {
  const encoded = encodeURIComponent(Buffer.from(name).toString())
    .replaceAll('*', '%2A')
    .replace(/^\./, '%2E');
  if (encoded !== '' && encoded.length <= MAX_NAME) return encoded;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 32);
  return `${encoded.slice(0, MAX_NAME - 34)}%~${digest}`;
}
