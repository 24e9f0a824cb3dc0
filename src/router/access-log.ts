import { goQuote } from '../lifecycle/go-url-escapes.ts';
import { hostPort, type Endpoint } from './endpoint.ts';
import { fieldOf, type HeaderFields } from './gorouter-headers.ts';

/** A finished request as gorouter logs it. */
export interface AccessRecord {
  /** The Host header as it came. */
  readonly host: string;
  /** Milliseconds since the epoch, with fractions. */
  readonly receivedAt: number;
  readonly method: string;
  /** Path and query. */
  readonly uri: string;
  /** E.g. `HTTP/1.1`. */
  readonly protocol: string;
  /** 0 when nothing was answered. */
  readonly status: number;
  /** Bytes of the bodies. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** As they went to the instance. */
  readonly headers: HeaderFields;
  /** `ip:port`. */
  readonly client: string;
  readonly endpoint?: Endpoint;
  readonly responseSeconds: number;
  /** What of `responseSeconds` was not spent on the instance; absent when it was never asked. */
  readonly routerSeconds?: number;
  /** The value of X-Cf-RouterError. */
  readonly routerError?: string;
}

/** So that a line fits a UDP packet. Source: gorouter accesslog/schema/access_log_record.go. */
const SMALL_LIMIT = 1_000;
const LARGE_LIMIT = 20_000;

/** Logged last, as cf-deployment has Zipkin headers on. */
const EXTRA_HEADERS = ['x-b3-traceid', 'x-b3-spanid', 'x-b3-parentspanid', 'b3'];

/**
 * The line that an app's log gets from `[RTR/0]`.
 * Source: gorouter accesslog/schema/access_log_record.go makeRecord.
 */
export function accessLogLine(record: AccessRecord): string {
  const { endpoint, headers } = record;
  const header = (name: string) => orDash(cut(fieldOf(headers, name) ?? '', name, SMALL_LIMIT));
  const address = endpoint === undefined ? '' : hostPort(endpoint.address.host, endpoint.address.port);
  const uri = cut(record.uri, 'request-uri', LARGE_LIMIT);
  return [
    `${record.host} - [${timestamp(record.receivedAt)}]`,
    goQuote(`${record.method} ${uri} ${record.protocol}`),
    record.status === 0 ? '"-"' : record.status,
    record.requestBytes,
    record.responseBytes,
    header('referer'),
    header('user-agent'),
    orDash(record.client),
    orDash(address),
    `x_forwarded_for:${header('x-forwarded-for')}`,
    `x_forwarded_proto:${header('x-forwarded-proto')}`,
    `vcap_request_id:${orDash(fieldOf(headers, 'x-vcap-request-id') ?? '')}`,
    `response_time:${seconds(record.responseSeconds)}`,
    `gorouter_time:${seconds(record.routerSeconds)}`,
    `app_id:${orDash(endpoint?.app.guid ?? '')}`,
    `app_index:${orDash(endpoint?.instance.index.toString() ?? '')}`,
    `instance_id:${orDash(endpoint?.instance.guid ?? '')}`,
    `x_cf_routererror:${orDash(record.routerError ?? '')}`,
    ...extraHeaders(headers),
  ].join(' ');
}

function extraHeaders(headers: HeaderFields): readonly string[] {
  const fields: string[] = [];
  let length = 0;
  for (const name of EXTRA_HEADERS) {
    const field = `${name.replaceAll('-', '_')}:${orDash(fieldOf(headers, name) ?? '')}`;
    length += field.length + 1;
    if (length >= LARGE_LIMIT) return [...fields, '...EXTRA-REQUEST-HEADERS-TOO-LONG-TO-LOG--TRUNCATED'];
    fields.push(field);
  }
  return fields;
}

/** Go prints nine digits and, whatever the zone, a `Z`; cells are on UTC. */
function timestamp(milliseconds: number): string {
  const nanoseconds = Math.floor((milliseconds % 1000) * 1e6);
  return `${new Date(milliseconds).toISOString().slice(0, 19)}.${nanoseconds.toString().padStart(9, '0')}Z`;
}

function seconds(value: number | undefined): string {
  return value === undefined || value < 0 ? '"-"' : value.toFixed(6);
}

function orDash(value: string): string {
  return value === '' ? '"-"' : goQuote(value);
}

function cut(value: string, name: string, limit: number): string {
  let text = value;
  while (text.length > limit) {
    text = `${text.slice(0, Math.floor(text.length / 2))}...${name.toUpperCase()}-TOO-LONG-TO-LOG--TRUNCATED`;
  }
  return text;
}
