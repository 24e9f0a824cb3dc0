import type { Endpoint } from './endpoint.ts';

/** A mapped route and the instances behind it. */
export interface Route {
  /** `host/path`, in lower case. */
  readonly uri: string;
  readonly endpoints: readonly Endpoint[];
  /** Those of `endpoints` that get traffic. */
  readonly ready: readonly Endpoint[];
}

interface PathRoute extends Route {
  readonly path: string;
}

/**
 * Which instances answer for a host and path. The longest path that has ready instances wins; a host that nobody has
 * is looked for among the wildcard routes; letter case does not matter, in paths neither.
 * Source: gorouter registry/registry.go lookup, registry/container/trie.go MatchUri, route/uris.go.
 */
export class RouteTable {
  #hosts = new Map<string, readonly PathRoute[]>();
  readonly #turns = new Map<string, number>();

  /** Replaces all routes. Whose turn it is stays. */
  update(endpoints: readonly Endpoint[]): void {
    const pairs = endpoints.flatMap((endpoint) =>
      endpoint.uris.map((uri) => [routeKey(uri), endpoint] as const),
    );
    const byUri = grouped(pairs);
    const routes = [...byUri].map(([uri, members]) => {
      const { host, path } = splitKey(uri);
      return [host, { uri, path, endpoints: members, ready: members.filter(({ ready }) => ready) }] as const;
    });
    this.#hosts = grouped(routes.sort(([, a], [, b]) => b.path.length - a.path.length));
    for (const uri of this.#turns.keys()) if (!byUri.has(uri)) this.#turns.delete(uri);
  }

  /** `host` as in the Host header, its port ignored; `target` is a path, its query ignored. */
  lookup(host: string, target: string): Route | undefined {
    const { host: name, path } = splitKey(routeKey(`${withoutPort(host)}${target}`));
    let candidate: string | undefined = name;
    while (candidate !== undefined) {
      const matching = (this.#hosts.get(candidate) ?? []).filter((route) => covers(route.path, path));
      const found = matching.find(({ ready }) => ready.length > 0) ?? matching[0];
      if (found !== undefined) return found;
      candidate = nextWildcard(candidate);
    }
    return undefined;
  }

  /** The ready instances in the order to try them, beginning with the one whose turn it is. */
  turn({ uri, ready }: Route): readonly Endpoint[] {
    if (ready.length === 0) return [];
    const start = (this.#turns.get(uri) ?? 0) % ready.length;
    this.#turns.set(uri, start + 1);
    return [...ready.slice(start), ...ready.slice(0, start)];
  }
}

function grouped<T>(pairs: readonly (readonly [string, T])[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const [key, value] of pairs) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

function routeKey(uri: string): string {
  return uri.toLowerCase().replace(/\?.*$/s, '').replace(/\/$/, '');
}

function splitKey(key: string): { host: string; path: string } {
  const slash = key.indexOf('/');
  return slash === -1 ? { host: key, path: '' } : { host: key.slice(0, slash), path: key.slice(slash) };
}

function withoutPort(host: string): string {
  return host.split(':', 1)[0] ?? '';
}

function covers(route: string, path: string): boolean {
  return path === route || path.startsWith(`${route}/`);
}

/** `a.b.c` to `*.b.c`, that to `*.c`. */
function nextWildcard(host: string): string | undefined {
  const name = host.startsWith('*.') ? host.slice(2) : host;
  const dot = name.indexOf('.');
  return dot === -1 ? undefined : `*${name.slice(dot)}`;
}
