import type { Endpoint } from './endpoint.ts';

/** Header fields by their names in lower case. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What is known of a request besides its headers. */
export interface Arrival {
  readonly clientIp: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** A new UUID, and 16 new hex digits. */
  readonly uuid: string;
  readonly spanId: string;
}

/** Of one connection only, so never passed on. Source: Go net/http/httputil/reverseproxy.go hopHeaders. */
export const HOP_BY_HOP: readonly string[] = [
  'connection',
  'proxy-connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
];

/** Taken away whatever they say. Expect is answered by the router itself. */
const REMOVED = ['x-cf-app-instance', 'x-cf-proxy-signature', 'expect'];

/** The one value of a field, undefined when it is missing. */
export function fieldOf(headers: HeaderFields, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' || value === undefined ? value : value.join(', ');
}

/**
 * The headers of a request as instances see them, apart from those that name the instance.
 * Source: gorouter handlers/{request_id,zipkin,x_forwarded_proto}.go, proxy/proxy.go setupProxyRequest, and Go's
 * ReverseProxy for X-Forwarded-For.
 */
export function forwardedHeaders(headers: HeaderFields, arrival: Arrival): Record<string, string | string[]> {
  const perConnection = (fieldOf(headers, 'connection') ?? '').toLowerCase().split(/\s*,\s*/);
  const dropped = new Set([...HOP_BY_HOP, ...REMOVED, ...perConnection]);
  // Without it the body of a request would have no end.
  dropped.delete('transfer-encoding');
  dropped.delete('content-length');
  dropped.delete('host');
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !dropped.has(name))
      kept[name] = typeof value === 'string' ? value : [...value];
  }
  const before = fieldOf(headers, 'x-forwarded-for');
  return {
    ...kept,
    ...tracing(headers, arrival),
    'x-forwarded-for': before === undefined ? arrival.clientIp : `${before}, ${arrival.clientIp}`,
    'x-forwarded-proto': fieldOf(headers, 'x-forwarded-proto') || 'http',
    'x-request-start': fieldOf(headers, 'x-request-start') ?? Math.floor(arrival.time).toString(),
  };
}

/** Which instance a request went to. Source: gorouter proxy/round_tripper/proxy_round_tripper.go. */
export function instanceHeaders({ app, instance }: Endpoint): Record<string, string> {
  return {
    'x-cf-applicationid': app.guid,
    'x-cf-instanceindex': instance.index.toString(),
    'x-cf-instanceid': instance.guid,
  };
}

/** The parts of X-Cf-App-Instance, undefined when it is malformed. Source: gorouter handlers/lookup.go. */
export function parseAppInstance(value: string): { guid: string; index: string } | undefined {
  const [, guid, index] = /^([\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}):(\d+)$/.exec(value) ?? [];
  return guid === undefined || index === undefined ? undefined : { guid, index };
}

/** A trace that the client began goes on, else one begins; its id is the request's when that can be a UUID. */
function tracing(headers: HeaderFields, { uuid, spanId }: Arrival): Record<string, string> {
  const context = fieldOf(headers, 'b3') ?? '';
  const [, fromContext] = /^([\da-f]{32}|[\da-f]{16})-[\da-f]{16}(?:-|$)/i.exec(context) ?? [];
  if (fromContext !== undefined) return { 'x-vcap-request-id': asUuid(fromContext) ?? uuid };
  const trace = fieldOf(headers, 'x-b3-traceid') ?? '';
  const span = fieldOf(headers, 'x-b3-spanid') ?? '';
  if (/^(?:[\da-f]{32}|[\da-f]{16})$/i.test(trace) && /^[\da-f]{16}$/i.test(span)) {
    return { b3: `${trace}-${span}`, 'x-vcap-request-id': asUuid(trace) ?? uuid };
  }
  const traceId = uuid.replaceAll('-', '');
  return {
    'x-b3-traceid': traceId,
    'x-b3-spanid': spanId,
    b3: `${traceId}-${spanId}`,
    'x-vcap-request-id': uuid,
  };
}

function asUuid(trace: string): string | undefined {
  const parts = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(trace.toLowerCase());
  return parts?.slice(1).join('-');
}
