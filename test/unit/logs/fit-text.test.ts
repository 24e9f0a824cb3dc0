import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOf, fitText, oneLine } from '../../../src/logs/fit-text.ts';

describe('a text on a terminal', () => {
  it.each([
    ['hello', 5],
    ['安装', 4],
    ['한글', 4],
    ['ｆｕｌｌ', 8],
    ['é', 1],
    ['e\u0301', 1],
    ['🚀', 2],
    ['👩‍🚀', 2],
    ['✓ – … ·', 7],
  ])('%s takes %d cells', (text, cells) => {
    expect(cellsOf(text)).toBe(cells);
  });

  it.each([
    ['hello', 5, 'hello'],
    ['hello', 4, 'hel…'],
    ['hello', 1, '…'],
    ['hello', 0, ''],
    ['ab cd', 4, 'ab…'],
    ['安装依赖', 7, '安装依…'],
    ['安装依赖', 6, '安装…'],
    ['a👩‍🚀b👩‍🚀', 5, 'a👩‍🚀b…'],
  ])('%s in %d cells is %s', (text, columns, fitted) => {
    expect(fitText(text, columns)).toBe(fitted);
  });

  it.each([
    ['exec echo one\necho two\n', 'exec echo one echo two'],
    ['\x1b[31mred\x1b[0m', 'red'],
    ['a\tb\r\x07c', 'a b c'],
  ])('%j is on one line as %j', (text, line) => {
    expect(oneLine(text)).toBe(line);
  });

  it('of any kind fits, and moves no cursor', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, columns) => {
        const fitted = fitText(oneLine(text), columns);
        expect(cellsOf(fitted)).toBeLessThanOrEqual(columns);
        expect(fitted).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});
