import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { routeUris, type RouteWishes } from '../../../src/router/route-uris.ts';

const APP: RouteWishes = {
  name: 'My-App_1',
  routes: [],
  noRoute: false,
  randomRoute: false,
  defaultRoute: true,
};
const of = (fields: Partial<RouteWishes>, domain = 'localhost', random = () => 0) =>
  routeUris({ ...APP, ...fields }, domain, random);
const routes = (...all: readonly string[]) => all.map((route) => ({ route }));

describe('the routes of an app', () => {
  test.each([
    ['the default route', {}, [{ uri: 'my-app_1.localhost' }]],
    ['none', { noRoute: true, routes: routes('a.localhost'), randomRoute: true }, []],
    ['none when nothing is wanted', { defaultRoute: false }, []],
    ['a random one', { randomRoute: true }, [{ uri: 'my-app_1-able-acorn-aa.localhost' }]],
    [
      'its own on the local domain',
      { routes: routes('http://Www.Localhost/Path/') },
      [{ uri: 'www.localhost/path' }],
    ],
    ['its own below a name of it', { routes: routes('a.b.localhost') }, [{ uri: 'a.b.localhost' }]],
    [
      'its own on another domain',
      { routes: routes('www.example.com/api', 'https://shop.example.com') },
      [
        { uri: 'www.localhost/api', written: 'www.example.com/api' },
        { uri: 'shop.localhost', written: 'shop.example.com' },
      ],
    ],
    [
      'its own instead of the others',
      { routes: routes('a.localhost'), randomRoute: true },
      [{ uri: 'a.localhost' }],
    ],
    ['each once', { routes: routes('a.localhost', 'a.localhost/') }, [{ uri: 'a.localhost' }]],
    ['wildcards', { routes: routes('*.example.com') }, [{ uri: '*.localhost', written: '*.example.com' }]],
    [
      'those of HTTP only',
      {
        routes: [...routes('tcp.example.com:1234', 'tcp://a.b:1'), { route: 'c.localhost', protocol: 'tcp' }],
      },
      [],
    ],
  ])('are %s', (_, fields, expected) => {
    expect(of(fields)).toEqual(expected);
  });

  test('are on the domain that was asked for', () => {
    expect(of({}, 'Apps.Test')).toEqual([{ uri: 'my-app_1.apps.test' }]);
    expect(of({ routes: routes('a.apps.test', 'b.localhost') }, 'apps.test')).toEqual([
      { uri: 'a.apps.test' },
      { uri: 'b.apps.test', written: 'b.localhost' },
    ]);
  });

  test('that are random are hosts, whatever is drawn', () => {
    const number = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.array(number, { minLength: 4, maxLength: 4 }), (numbers) => {
        const drawn = [...numbers];
        const [route] = of({ randomRoute: true }, 'localhost', () => drawn.shift() ?? 0);
        expect(route?.uri).toMatch(/^my-app_1-[a-z]+-[a-z]+-[a-z]{2}\.localhost$/);
      }),
    );
  });
});

describe('a host that cannot be one', () => {
  const LONG = 'a'.repeat(64);
  test.each([
    [
      { name: 'my app' },
      'Failed to create default route from app name: Host must be either "*" or contain only alphanumeric characters, "_", or "-"',
    ],
    [{ name: LONG }, 'Failed to create default route from app name: Host cannot exceed 63 characters'],
    [{ routes: routes('a b.example.com') }, "For route 'a b.example.com': Host format is invalid."],
    [
      { routes: routes(`${LONG}.example.com`) },
      `For route '${LONG}.example.com': host must be no more than 63 characters`,
    ],
    [{ name: 'a.b', randomRoute: true }, "For route 'a.b-able-acorn-aa.localhost': Host format is invalid."],
  ])('is said in the words of cf: %j', (fields, message) => {
    const app = { ...APP, ...fields };
    expect(() => routeUris(app, 'localhost', () => 0)).toThrow(
      expect.objectContaining({
        code: 'MANIFEST_INVALID',
        message: `For application '${app.name}': ${message}`,
      }),
    );
  });

  test('is no matter when it is not used', () => {
    expect(of({ name: 'my app', noRoute: true })).toEqual([]);
    expect(of({ name: 'my app', routes: routes('a.localhost') })).toEqual([{ uri: 'a.localhost' }]);
  });
});
