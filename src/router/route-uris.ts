import { CfstageError } from '../errors.ts';
import { ADJECTIVES, NOUNS } from './random-words.ts';

/** What a manifest says of an app's routes. */
export interface RouteWishes {
  readonly name: string;
  readonly routes: readonly { readonly route: string; readonly protocol?: string }[];
  readonly noRoute: boolean;
  readonly randomRoute: boolean;
  readonly defaultRoute: boolean;
}

export interface AppRoute {
  /** `host.domain/path` on the local domain, in lower case. */
  readonly uri: string;
  /** The same as the manifest has it, when that names another domain. */
  readonly written?: string;
}

/** Names below it are this machine (RFC 6761). */
export const LOCAL_DOMAIN = 'localhost';

/** Source: cloud_controller_ng domain.rb MAXIMUM_DOMAIN_LABEL_LENGTH. */
const MAX_HOST = 63;

/**
 * The routes of an app: none, those of the manifest, a random one or the default one, in this order of precedence.
 * `random` gives numbers from 0 up to 1. TCP routes are left out. Raises MANIFEST_INVALID in Cloud Controller's words.
 * Source: cloud_controller_ng app_apply_manifest.rb update_routes, manifest_route.rb, random_route_generator.rb.
 */
export function routeUris(app: RouteWishes, domain: string, random: () => number): readonly AppRoute[] {
  if (app.noRoute) return [];
  if (app.routes.length > 0) {
    const routes = app.routes.flatMap((wish) => localRoute(app.name, wish, domain.toLowerCase()));
    return routes.filter(({ uri }, index) => routes.findIndex((other) => other.uri === uri) === index);
  }
  if (app.randomRoute) {
    const host = `${app.name}-${randomSuffix(random)}`;
    checkRouteHost(app.name, host, `${host}.${domain}`);
    return [{ uri: `${host}.${domain}`.toLowerCase() }];
  }
  if (!app.defaultRoute) return [];
  checkDefaultHost(app.name);
  return [{ uri: `${app.name}.${domain}`.toLowerCase() }];
}

function localRoute(
  app: string,
  { route, protocol }: RouteWishes['routes'][number],
  domain: string,
): readonly AppRoute[] {
  const [, scheme, host = '', port, rest = ''] =
    /^(?:([a-z][a-z\d+.-]*):\/\/)?([^/:?#]*)(?::(\d+))?([^?#]*)/i.exec(route) ?? [];
  if (protocol === 'tcp' || scheme?.toLowerCase() === 'tcp' || port !== undefined) return [];
  const name = host.toLowerCase();
  const path = rest.replace(/\/$/, '').toLowerCase();
  if (name === domain) return [{ uri: `${name}${path}` }];
  checkRouteHost(app, firstLabel(name), route);
  if (name.endsWith(`.${domain}`)) return [{ uri: `${name}${path}` }];
  return [{ uri: `${firstLabel(name)}.${domain}${path}`, written: `${name}${path}` }];
}

function firstLabel(host: string): string {
  return host.split('.', 1)[0] ?? '';
}

function randomSuffix(random: () => number): string {
  const letter = () => String.fromCharCode(97 + Math.floor(random() * 26));
  return `${pick(ADJECTIVES, random)}-${pick(NOUNS, random)}-${letter()}${letter()}`;
}

function pick(words: readonly string[], random: () => number): string {
  return words[Math.floor(random() * words.length)] ?? '';
}

function checkDefaultHost(name: string): void {
  const problem = hostProblem(name);
  if (problem === undefined) return;
  const why =
    problem === 'length'
      ? `Host cannot exceed ${MAX_HOST} characters`
      : 'Host must be either "*" or contain only alphanumeric characters, "_", or "-"';
  fail(name, `Failed to create default route from app name: ${why}`);
}

function checkRouteHost(app: string, host: string, route: string): void {
  const problem = host === '*' ? undefined : hostProblem(host);
  if (problem === undefined) return;
  const why =
    problem === 'length' ? `host must be no more than ${MAX_HOST} characters` : 'Host format is invalid.';
  fail(app, `For route '${route}': ${why}`);
}

function hostProblem(host: string): 'length' | 'format' | undefined {
  if (host.length > MAX_HOST) return 'length';
  return /^[\w-]+$/.test(host) ? undefined : 'format';
}

function fail(app: string, message: string): never {
  throw new CfstageError('MANIFEST_INVALID', `For application '${app}': ${message}`, {
    hint: "Give the app a route of its own under 'routes', or say 'no-route: true'.",
  });
}
