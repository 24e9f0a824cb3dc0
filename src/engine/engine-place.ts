import type { Endpoint } from './endpoint.ts';
import { engineUrl } from './engine-url.ts';
import { sshHostName, sshTarget } from './ssh-command.ts';

/** Where the ports that an engine publishes are. */
export interface EnginePlace {
  /** Name or address of its host, as seen from here. */
  readonly host: string;
  /** The engine publishes on this machine. */
  readonly isLocal: boolean;
}

const HERE: EnginePlace = { host: '127.0.0.1', isLocal: true };

/** An engine that is reached by a socket or a loopback address is taken to be of this machine. */
export async function enginePlace({ address }: Endpoint): Promise<EnginePlace> {
  const url = engineUrl(address);
  if (url.kind === 'socket') return HERE;
  const host = url.kind === 'tcp' ? url.host : await sshHost(address);
  return isLoopback(host) ? HERE : { host: host.includes(':') ? `[${host}]` : host, isLocal: false };
}

async function sshHost(address: string): Promise<string> {
  const target = sshTarget(address);
  return (await sshHostName(target)) ?? target.args.at(-1) ?? '';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d+){3}$/.test(host);
}
