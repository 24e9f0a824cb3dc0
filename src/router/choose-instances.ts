import type { Endpoint } from './endpoint.ts';
import type { Exchange } from './exchange.ts';
import { parseAppInstance } from './gorouter-headers.ts';
import type { RouteTable } from './route-table.ts';
import {
  emptyHost,
  invalidAppInstance,
  noEndpoints,
  unknownRoute,
  type RouterError,
} from './router-errors.ts';

/** The instances to ask, in turn and at least one, or what to answer instead. */
export type Choice = { readonly turn: readonly [Endpoint, ...Endpoint[]] } | { readonly error: RouterError };

/** Source: gorouter handlers/lookup.go. */
export function chooseInstances({ host, uri, wantedInstance }: Exchange, table: RouteTable): Choice {
  if (host === '') return { error: emptyHost() };
  const wanted = wantedInstance === undefined ? undefined : parseAppInstance(wantedInstance);
  if (wantedInstance !== undefined && wanted === undefined) return { error: invalidAppInstance() };
  const route = table.lookup(host, uri);
  if (route === undefined) return { error: unknownRoute(host, wanted) };
  if (wanted !== undefined) {
    const found = route.ready.find(
      ({ app, instance }) => app.guid === wanted.guid && instance.index.toString() === wanted.index,
    );
    return found === undefined ? { error: unknownRoute(host, wanted) } : { turn: [found] };
  }
  const [first, ...others] = table.turn(route);
  return first === undefined ? { error: noEndpoints(host) } : { turn: [first, ...others] };
}
