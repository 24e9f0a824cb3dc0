/** An answer of the router itself. */
export interface RouterError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const STATUS_TEXT: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  503: 'Service Unavailable',
};

const NO_CACHE = 'no-cache, no-store';
const SHORT_CACHE = 'public,max-age=2';

/**
 * Nobody has the route, or, when one was asked for, not that instance of it.
 * Source of this and the next three: gorouter handlers/lookup.go, errorwriter/error_writer.go.
 */
export function unknownRoute(host: string, instance?: { guid: string; index: string }): RouterError {
  return instance === undefined
    ? written(404, 'unknown_route', NO_CACHE, `Requested route ('${host}') does not exist.`)
    : written(
        400,
        'unknown_route',
        NO_CACHE,
        `Requested instance ('${instance.index}') with guid ('${instance.guid}') does not exist for route ('${host}')`,
      );
}

/** The route is mapped, but no instance is ready. */
export function noEndpoints(host: string): RouterError {
  return written(503, 'no_endpoints', SHORT_CACHE, `Requested route ('${host}') has no available endpoints.`);
}

/** X-Cf-App-Instance is not `GUID:INDEX`. */
export function invalidAppInstance(): RouterError {
  return written(400, 'invalid_cf_app_instance_header', NO_CACHE, 'Invalid X-CF-App-Instance Header');
}

/** A request of HTTP/1.0 without a Host header. */
export function emptyHost(): RouterError {
  return written(400, 'empty_host', SHORT_CACHE, 'Request had empty Host header');
}

/**
 * The instance did not answer. `cause` in the words of Go.
 * Source: gorouter proxy/round_tripper/error_handler.go.
 */
export function endpointFailure(cause: string): RouterError {
  return {
    status: 502,
    headers: errorHeaders(`endpoint_failure (${cause})`),
    body: '502 Bad Gateway: Registered endpoint failed to handle the request.\n',
  };
}

/** For the log only: the client went away before there was an answer. Source: the same. */
export const REQUEST_CANCELLED = { status: 499, routerError: 'endpoint_failure (context canceled)' } as const;

function written(status: number, code: string, cache: string, message: string): RouterError {
  return {
    status,
    headers: { 'Cache-Control': cache, ...errorHeaders(code) },
    body: `${status} ${STATUS_TEXT[status] ?? ''}: ${message}\n`,
  };
}

function errorHeaders(code: string): Record<string, string> {
  return {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Cf-Routererror': code,
    'X-Content-Type-Options': 'nosniff',
  };
}
