import { CfstageError } from '../errors.ts';

export type EngineUrl =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'ssh' }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: string; readonly secure: boolean };

/** Reads an engine's address as the docker command does; without a scheme it is TCP. Raises DOCKER_UNREACHABLE. */
export function engineUrl(address: string): EngineUrl {
  const socket = /^(?:unix|npipe):\/\/(.+)$/.exec(address)?.[1];
  if (socket !== undefined) return { kind: 'socket', path: socket };
  const text = address.includes('://') ? address : `tcp://${address}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'ssh:') return { kind: 'ssh' };
  if (url === undefined || url.hostname === '' || !['tcp:', 'http:', 'https:'].includes(url.protocol)) {
    throw new CfstageError('DOCKER_UNREACHABLE', 'This is not the address of an engine', {
      hint: 'Addresses are unix:///path, tcp://host:port, ssh://user@host and npipe:////./pipe/name.',
    });
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A URL of https leaves its own default port out, as one of http does.
  const port = /:(\d+)\/?$/.exec(text)?.[1] ?? '';
  return { kind: 'tcp', host, port, secure: url.protocol === 'https:' };
}
