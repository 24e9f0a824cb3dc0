import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareBytes, goJson, goMaps } from '../../../src/lifecycle/go-json.ts';

it('escapes as Go does', () => {
  expect(goJson('a<b>&c\u2028\u2029\b\f\n\r\t\u0001\u001f\u007f"\\/é😀')).toBe(
    '"a\\u003cb\\u003e\\u0026c\\u2028\\u2029\\b\\f\\n\\r\\t\\u0001\\u001f\u007f\\"\\\\/é😀"',
  );
});

it('keeps the order of structs, leaves out what is absent and sorts maps, numbers among the keys too', () => {
  expect(goJson({ b: 1, a: undefined, 'c<': [true, null, 10n ** 20n] })).toBe(
    '{"b":1,"c\\u003c":[true,null,100000000000000000000]}',
  );
  const keys = new Map([
    ['b', 1],
    ['9', 2],
    ['10', 3],
    ['\u{10000}', 4],
    ['\uffff', 5],
  ]);
  expect(goJson(keys)).toBe('{"10":3,"9":2,"b":1,"\uffff":5,"\u{10000}":4}');
});

it('says the same as JSON once the text is parsed again', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      expect(JSON.parse(goJson(goMaps(plain)))).toEqual(plain);
    }),
  );
});

it('orders by the bytes of the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});
