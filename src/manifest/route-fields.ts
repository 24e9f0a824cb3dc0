import { fieldsOf, isBlank, type Fields } from './fields.ts';
import type { AppManifest, RouteRef } from './manifest.ts';
import { isNull, plainValue, type ManifestNode, type MapNode } from './manifest-node.ts';
import type { Problems } from './problems.ts';

const PROTOCOLS: readonly (string | undefined)[] = ['http1', 'http2', 'tcp'] satisfies RouteRef['protocol'][];
const ROUTE_OPTIONS = ['loadbalancing'];
const LOAD_BALANCING = ['round-robin', 'least-connection'];

type Routing = Pick<AppManifest, 'routes' | 'noRoute' | 'randomRoute' | 'defaultRoute'>;

/** Reads routes and the three switches. The default route is on unless one of the other two is, as the cf CLI has it. */
export function readRouting(fields: Fields, problems: Problems): Routing {
  const routes = fields.get('routes')?.value;
  const noRoute = readSwitch(fields, 'no_route', 'No-route', problems);
  const randomRoute = readSwitch(fields, 'random_route', 'Random-route', problems);
  const defaultRoute = readSwitch(fields, 'default_route', 'Default-route', problems);
  const both = fields.get('default_route')?.key;
  if (randomRoute && defaultRoute && both !== undefined) {
    problems.add(both.at, 'Random-route and default-route may not be used together');
  }
  return {
    routes: routes === undefined ? [] : readRoutes(routes, problems),
    noRoute,
    randomRoute,
    defaultRoute: defaultRoute || !(noRoute || randomRoute),
  };
}

function readSwitch(fields: Fields, key: string, label: string, problems: Problems): boolean {
  const value = fields.get(key)?.value;
  if (value === undefined || isNull(value)) return false;
  if (value.kind === 'scalar' && value.type === 'bool') return value.text === 'true';
  problems.add(value.at, `${label} must be a boolean`);
  return false;
}

function readRoutes(value: ManifestNode, problems: Problems): readonly RouteRef[] {
  const items = value.kind === 'list' ? value.items : [];
  const wrong = value.kind === 'list' ? items.find((item) => routeText(item) === '') : value;
  if (wrong !== undefined) {
    problems.add(wrong.at, 'Routes must be a list of route objects');
    return [];
  }
  return items.flatMap((item) => (item.kind === 'map' ? [readRoute(item, problems)] : []));
}

function routeText(item: ManifestNode): string {
  const route = item.kind === 'map' ? fieldsOf(item).get('route')?.value : undefined;
  return route?.kind === 'scalar' && !isBlank(route.text) ? route.text : '';
}

function readRoute(item: MapNode, problems: Problems): RouteRef {
  const route = routeText(item);
  const fields = fieldsOf(item);
  if (!isRouteUrl(route)) {
    const at = fields.get('route')?.value.at ?? item.at;
    problems.add(at, `The route '${route}' is not a properly formed URL`);
  }
  const protocol = readProtocol(fields, problems);
  const options = fields.get('options')?.value;
  const checked = options && readOptions(route, options, problems);
  return {
    route,
    ...(protocol !== undefined && { protocol }),
    ...(checked !== undefined && { options: checked }),
  };
}

/** A port is for TCP routes only, and a host must be in some domain. Source: manifest_route.rb. */
export function isRouteUrl(route: string): boolean {
  const [, scheme, host, port] =
    /^(?:([a-z][a-z\d+.-]*):\/\/)?([^\s/:?#]+)(?::(\d+))?(?:[/?#]\S*)?$/i.exec(route) ?? [];
  if (host === undefined || !/^[^.]+(?:\.[^.]+)+$/.test(host)) return false;
  if (scheme === undefined) return true;
  return (port === undefined ? /^https?$/i : /^tcp$/i).test(scheme);
}

function readProtocol(fields: Fields, problems: Problems): RouteRef['protocol'] {
  const value = fields.get('protocol')?.value;
  if (value === undefined || isNull(value)) return undefined;
  const protocol = value.kind === 'scalar' ? value.text : undefined;
  if (isProtocol(protocol)) return protocol;
  problems.add(value.at, "Route protocol must be 'http1', 'http2' or 'tcp'.");
  return undefined;
}

function isProtocol(text: string | undefined): text is 'http1' | 'http2' | 'tcp' {
  return text !== undefined && PROTOCOLS.includes(text);
}

function readOptions(route: string, value: ManifestNode, problems: Problems): RouteRef['options'] {
  if (value.kind !== 'map') {
    problems.add(value.at, `Route '${route}': options must be an object`);
    return undefined;
  }
  for (const { key, value: option } of value.entries) {
    if (!ROUTE_OPTIONS.includes(key.text)) {
      const valid = `Valid keys: '${ROUTE_OPTIONS.join(', ')}'`;
      problems.add(key.at, `Route '${route}' contains invalid route option '${key.text}'. ${valid}`);
    } else if (option.kind !== 'scalar' || option.type !== 'string') {
      const valid = `Valid values are: '${LOAD_BALANCING.join(', ')}'`;
      problems.add(option.at, `Invalid value for 'loadbalancing' for Route '${route}'; ${valid}`);
    } else if (!LOAD_BALANCING.includes(option.text)) {
      const valid = `Valid values are: '${LOAD_BALANCING.join(', ')}'`;
      problems.add(
        option.at,
        `Cannot use loadbalancing value '${option.text}' for Route '${route}'; ${valid}`,
      );
    }
  }
  return Object.fromEntries(value.entries.map((entry) => [entry.key.text, plainValue(entry.value)]));
}
