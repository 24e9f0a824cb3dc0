import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SYSTEM_ERROR_CODES, USER_ERROR_CODES } from '../../../src/errors.ts';

const text = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
const [userPart = '', systemPart = ''] = text.split(/^## /m).slice(1);

/** Code → the other cells of its row. */
function rows(part: string): Map<string, string[]> {
  return new Map(
    [...part.matchAll(/^\| `([A-Z_]+)` *\|(.*)\|$/gm)].map(([, code = '', rest = '']) => [
      code,
      rest.split('|').map((cell) => cell.trim()),
    ]),
  );
}

describe.each([
  { kind: 'user', part: userPart, codes: USER_ERROR_CODES },
  { kind: 'system', part: systemPart, codes: SYSTEM_ERROR_CODES },
])('docs/errors.md about $kind errors', ({ part, codes }) => {
  it('has a row for every code and for no other', () => {
    expect([...rows(part).keys()].sort()).toEqual([...codes].sort());
  });

  it.each(codes)('tells exit code, cause and next step of %s', (code) => {
    const cells = rows(part).get(code) ?? [];
    expect(cells).toHaveLength(3);
    expect(cells.filter((cell) => cell === '')).toEqual([]);
  });
});
