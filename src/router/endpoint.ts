/** One running instance of an app, as a session tells the router of it. */
export interface Endpoint {
  readonly app: { readonly name: string; readonly guid: string };
  /** Mapped routes as `host.domain/path`; a host may begin with `*.`. */
  readonly uris: readonly string[];
  readonly instance: { readonly guid: string; readonly index: number };
  /** Where this machine reaches the instance's HTTP port. */
  readonly address: { readonly host: string; readonly port: number };
  /** Whether it gets traffic: its startup and readiness checks have passed. */
  readonly ready: boolean;
}

/** Whether a value that was read from somewhere is an endpoint. */
export function isEndpoint(value: unknown): value is Endpoint {
  if (!isRecord(value)) return false;
  const { app, uris, instance, address, ready } = value;
  return (
    isRecord(app) &&
    typeof app['name'] === 'string' &&
    typeof app['guid'] === 'string' &&
    Array.isArray(uris) &&
    uris.every((uri) => typeof uri === 'string') &&
    isRecord(instance) &&
    typeof instance['guid'] === 'string' &&
    Number.isInteger(instance['index']) &&
    isRecord(address) &&
    typeof address['host'] === 'string' &&
    Number.isInteger(address['port']) &&
    typeof ready === 'boolean'
  );
}

/** `host:port`, an IPv6 host in brackets. */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
