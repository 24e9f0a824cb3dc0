import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CfstageError } from '../errors.ts';

/** Seconds for a connection to come about. Source: docker/cli, connhelper.go. */
export const SSH_CONNECT_SECONDS = 30;

/**
 * Asks nothing, since several connections are opened at once and none has a terminal; leaves aside what a host's entry
 * in ~/.ssh/config says for people who log in.
 */
const OPTIONS = [
  'BatchMode=yes',
  `ConnectTimeout=${SSH_CONNECT_SECONDS}`,
  'ClearAllForwardings=yes',
  'RemoteCommand=none',
];

/** How `ssh` reaches the host of an engine. */
export interface SshTarget {
  /** Arguments of ssh up to and with the host. */
  readonly args: readonly string[];
  /** As the user would write it: `ssh -p 22 user@host`. */
  readonly shown: string;
  /** The engine's socket there, where it is not docker's own choice. */
  readonly socket?: string;
}

/** Reads `ssh://[user@]host[:port][/path/to/socket]`. Raises DOCKER_UNREACHABLE for anything more. */
export function sshTarget(address: string): SshTarget {
  const { hostname, port, username, password, pathname, search, hash } = new URL(address);
  if (hostname === '' || password !== '' || search !== '' || hash !== '') {
    throw new CfstageError('DOCKER_UNREACHABLE', 'An address of this kind is ssh://user@host:port', {
      hint: 'A password is never part of it: use a key that the ssh agent has, or one without a passphrase.',
    });
  }
  const host = hostname.replace(/^\[|\]$/g, '');
  const user = decodeURIComponent(username);
  return {
    args: [...(user === '' ? [] : ['-l', user]), ...(port === '' ? [] : ['-p', port]), '--', host],
    shown: ['ssh', ...(port === '' ? [] : ['-p', port]), user === '' ? host : `${user}@${host}`].join(' '),
    ...(pathname === '' || pathname === '/' ? {} : { socket: decodeURIComponent(pathname) }),
  };
}

/** Arguments of ssh for one connection to the engine. Source of the command there: docker/cli, connhelper.go. */
export function dialArguments({ args, socket }: SshTarget): string[] {
  const options = OPTIONS.flatMap((option) => ['-o', option]);
  const engine = socket === undefined ? [] : ['--host', `unix://${socket}`];
  return ['-T', ...options, ...args, 'docker', ...engine, 'system', 'dial-stdio'];
}

/** The host's name or address for others than ssh, to which a host may be known by an alias of ~/.ssh/config. */
export async function sshHostName({ args }: SshTarget): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ssh', ['-G', ...args]);
    return /^hostname (\S+)$/m.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}
