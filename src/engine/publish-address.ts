import type { Engine } from './engine.ts';

/** Where on its host an engine binds the ports of apps: for this machine alone, unless the host is another one. */
export function publishAddress({ isLocal }: Engine): string {
  return isLocal ? '127.0.0.1' : '0.0.0.0';
}
