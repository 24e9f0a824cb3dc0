import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RouteTable } from '../../../src/router/route-table.ts';
import { endpointAt } from './support/servers.ts';

function tableOf(...uris: readonly string[]): RouteTable {
  const table = new RouteTable();
  table.update(
    uris.map((uri, index) =>
      endpointAt(index + 1, {
        index,
        uris: [uri.replace(' not ready', '')],
        ready: !uri.endsWith(' not ready'),
      }),
    ),
  );
  return table;
}

describe('lookup', () => {
  test.each([
    ['the host', ['a.localhost'], 'a.localhost', '/x/y', 'a.localhost'],
    ['whatever its case', ['A.Localhost'], 'a.LOCALHOST', '/', 'a.localhost'],
    ['whatever its port', ['a.localhost'], 'a.localhost:8080', '/', 'a.localhost'],
    ['not another host', ['a.localhost'], 'b.localhost', '/', undefined],
    ['not a part of a host', ['a.localhost'], 'x.a.localhost', '/', undefined],
    ['the longest path', ['a.x', 'a.x/b', 'a.x/b/c'], 'a.x', '/b/c/d', 'a.x/b/c'],
    ['a path by whole segments', ['a.x', 'a.x/b'], 'a.x', '/bc', 'a.x'],
    ['a path exactly', ['a.x/b'], 'a.x', '/b', 'a.x/b'],
    ['a path with a slash behind', ['a.x/b/'], 'a.x', '/b/', 'a.x/b'],
    ['a path with a query', ['a.x/b'], 'a.x', '/b?c=/d', 'a.x/b'],
    ['a path whatever its case, as gorouter does', ['a.x/Bc'], 'a.x', '/bC/d', 'a.x/bc'],
    ['no path that is longer', ['a.x/b'], 'a.x', '/', undefined],
    [
      'a shorter path when nothing is ready behind the longer',
      ['a.x', 'a.x/b not ready'],
      'a.x',
      '/b',
      'a.x',
    ],
    ['what is not ready when there is nothing else', ['a.x/b not ready'], 'a.x', '/b/c', 'a.x/b'],
    ['a wildcard', ['*.x.y'], 'a.x.y', '/', '*.x.y'],
    ['a wildcard over several labels', ['*.y'], 'a.b.y', '/', '*.y'],
    ['the narrowest wildcard', ['*.y', '*.b.y'], 'a.b.y', '/', '*.b.y'],
    ['the host before a wildcard', ['*.y', 'a.y not ready'], 'a.y', '/', 'a.y'],
    ['a wildcard with a path', ['*.y/p'], 'a.y', '/p/q', '*.y/p'],
    ['no wildcard for its own domain', ['*.y'], 'y', '/', undefined],
    ['nothing for no host', ['a.x'], '', '/', undefined],
  ])('finds %s', (_, uris, host, path, expected) => {
    expect(tableOf(...uris).lookup(host, path)?.uri).toBe(expected);
  });

  test('never throws, whatever is asked', () => {
    const table = tableOf('a.localhost', 'a.localhost/b', '*.x', '*.localhost/c', '', '/', '*', '*.');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (host, path) => {
        const route = table.lookup(host, path);
        expect(route === undefined || route.endpoints.length > 0).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  test('finds every host and path below any route that was made', () => {
    const label = fc.stringMatching(/^[a-zA-Z\d_-]{1,10}$/);
    const path = fc.array(label, { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), path, path, (labels, mapped, below) => {
        const uri = [labels.join('.'), ...mapped].join('/');
        const route = tableOf(uri).lookup(labels.join('.'), `/${[...mapped, ...below].join('/')}`);
        expect(route?.uri).toBe(uri.toLowerCase());
      }),
    );
  });
});

describe('turn', () => {
  const indexes = (table: RouteTable, host = 'a.x') => {
    const route = table.lookup(host, '/');
    return route === undefined ? [] : table.turn(route).map(({ instance }) => instance.index);
  };

  test('goes round the ready instances, for each route apart', () => {
    const table = tableOf('a.x', 'a.x not ready', 'a.x', 'b.x', 'b.x', 'a.x');
    const turns = Array.from({ length: 4 }, () => indexes(table));
    expect(turns).toEqual([
      [0, 2, 5],
      [2, 5, 0],
      [5, 0, 2],
      [0, 2, 5],
    ]);
    expect(indexes(table, 'b.x')).toEqual([3, 4]);
  });

  test('goes on where it was when the endpoints change', () => {
    const table = tableOf('a.x', 'a.x');
    indexes(table);
    table.update([endpointAt(1, { uris: ['a.x'] }), endpointAt(2, { uris: ['a.x'], index: 1 })]);
    expect(indexes(table)).toEqual([1, 0]);
    table.update([]);
    expect(indexes(table)).toEqual([]);
  });
});
