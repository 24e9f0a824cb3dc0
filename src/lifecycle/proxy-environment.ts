import type { Environment } from './environment.ts';

/** Port of a recording proxy, Squid's. */
export const PROXY_PORT = 3128;

/** What is never asked of a proxy: the container itself, and the names of the private network. */
const NOT_PROXIED = 'localhost,127.0.0.1,::1,.internal';

/** Ends the names of what is cfstage's own on the private networks. */
export const PLATFORM_DOMAIN = '.cfstage.internal';

/** Name of the recording proxy of one container on the private network; `guid` is the container's. */
export function proxyHost(guid: string): string {
  return `proxy-${guid.slice(0, 8)}${PLATFORM_DOMAIN}`;
}

/**
 * What a container is told of a proxy, as an operator does it with the staging environment variable group. In both cases,
 * since programs differ in which they look at.
 */
export function proxyVariables(host: string, tls: boolean): Environment {
  const url = `${tls ? 'https' : 'http'}://${host}:${PROXY_PORT}`;
  return {
    HTTP_PROXY: url,
    HTTPS_PROXY: url,
    NO_PROXY: NOT_PROXIED,
    http_proxy: url,
    https_proxy: url,
    no_proxy: NOT_PROXIED,
  };
}
