import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter, MAX_MESSAGE_BYTES } from '../../../src/logs/line-splitter.ts';

function split(...chunks: readonly (string | Buffer)[]): string[] {
  const splitter = new LineSplitter();
  return [...chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk))), ...splitter.end()];
}

/** Cuts bytes at positions given as fractions. */
function cut(bytes: Buffer, fractions: readonly number[]): Buffer[] {
  const at = fractions.map((fraction) => Math.floor(fraction * (bytes.length + 1))).sort((a, b) => a - b);
  return [0, ...at].map((start, i) => bytes.subarray(start, at[i] ?? bytes.length));
}

const fractions = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 8 });
const text = fc
  .array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('\n', '\r', '\r\n', '\n\n', 'é', '🙂')))
  .map((parts) => parts.join(''));

describe('LineSplitter', () => {
  it.each([
    { name: 'a line a line end', chunks: ['one\ntwo\n'], messages: ['one', 'two'] },
    { name: 'a last line without one', chunks: ['one\ntwo'], messages: ['one', 'two'] },
    {
      name: 'a carriage return as a line end',
      chunks: ['10%\r20%\r\ndone\n'],
      messages: ['10%', '20%', 'done'],
    },
    { name: 'no empty messages', chunks: ['\n\r\n\na\n\n'], messages: ['a'] },
    { name: 'spaces as they are', chunks: ['  a \n \n'], messages: ['  a ', ' '] },
    { name: 'a line over three chunks', chunks: ['o', 'n', 'e\n'], messages: ['one'] },
    { name: 'nothing', chunks: [], messages: [] },
  ])('gives $name', ({ chunks, messages }) => {
    expect(split(...chunks)).toEqual(messages);
  });

  it('splits a message that is too long, without cutting a character', () => {
    expect(split('x'.repeat(MAX_MESSAGE_BYTES)).map(({ length }) => length)).toEqual([MAX_MESSAGE_BYTES]);
    expect(split('x'.repeat(MAX_MESSAGE_BYTES + 1)).map(({ length }) => length)).toEqual([
      MAX_MESSAGE_BYTES,
      1,
    ]);
    const [first = '', second = ''] = split(`${'x'.repeat(MAX_MESSAGE_BYTES - 1)}🙂y`);
    expect([first.length, second]).toEqual([MAX_MESSAGE_BYTES - 1, '🙂y']);
  });

  it('gives the lines of any text, however it is chunked', () => {
    fc.assert(
      fc.property(text, fractions, (whole, where) => {
        const lines = whole.split(/[\r\n]/).filter((line) => line !== '');
        expect(split(...cut(Buffer.from(whole), where))).toEqual(lines);
      }),
      { numRuns: 10_000 },
    );
  });

  it('gives the same for any bytes in one chunk or in many', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fractions, (array, where) => {
        const bytes = Buffer.from(array);
        expect(split(...cut(bytes, where))).toEqual(split(bytes));
      }),
      { numRuns: 10_000 },
    );
  });

  it('gives the same for long lines in one chunk or in many', () => {
    const long = fc.tuple(fc.constantFrom('x', 'é', '€', '🙂'), fc.integer({ min: 1, max: 3 }));
    fc.assert(
      fc.property(long, fractions, ([character, times], where) => {
        const bytes = Buffer.from(`a${character.repeat((times * MAX_MESSAGE_BYTES) / character.length)}`);
        const messages = split(...cut(bytes, where));
        expect(messages).toEqual(split(bytes));
        expect(messages.join('')).toBe(bytes.toString());
      }),
      { numRuns: 100 },
    );
  });
});
