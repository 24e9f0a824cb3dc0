import { CfstageError } from '../errors.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** One `-L` of `cf ssh`: where to listen on this machine, and what that leads to as the app's container sees it. */
export interface PortForward {
  readonly listen: Address;
  readonly target: Address;
}

/** Where cf listens unless told: Go takes the IPv4 address of `localhost`. */
const LOCALHOST = '127.0.0.1';

const HIGHEST_PORT = 65_535;

/**
 * Reads `[BIND_ADDRESS:]LOCAL_PORT:REMOTE_HOST:REMOTE_PORT`. Raises USAGE in cf's words.
 * Source: cli command/flag/ssh_port_forwarding.go.
 */
export function parsePortForward(text: string): PortForward {
  const parts = text.split(':');
  const [bind = '', localPort = '', host = '', remotePort = ''] =
    parts.length === 3 ? ['localhost', ...parts] : parts;
  const local = toPort(localPort);
  const remote = toPort(remotePort);
  if (![3, 4].includes(parts.length) || parts.includes('') || local === undefined || remote === undefined) {
    throw new CfstageError('USAGE', `Incorrect Usage: Bad local forwarding specification '${text}'`, {
      hint: 'Write -L [BIND_ADDRESS:]LOCAL_PORT:REMOTE_HOST:REMOTE_PORT.',
    });
  }
  return {
    listen: { host: bind === 'localhost' ? LOCALHOST : bind, port: local },
    target: { host, port: remote },
  };
}

function toPort(text: string): number | undefined {
  const port = Number(text);
  return /^\d+$/.test(text) && port <= HIGHEST_PORT ? port : undefined;
}
