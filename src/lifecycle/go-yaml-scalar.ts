/** A plain scalar as gopkg.in/yaml.v2 resolves it: YAML 1.1 with octal, binary, underscores and dates. */
export interface ResolvedScalar {
  readonly tag: '!!null' | '!!bool' | '!!int' | '!!float' | '!!timestamp' | '!!str';
  readonly value: string | number | bigint | boolean | null;
}

const NULLS = new Set(['', '~', 'null', 'Null', 'NULL']);
const TRUE = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const SPECIAL_FLOATS: Readonly<Record<string, number>> = {
  '.nan': NaN,
  '.inf': Infinity,
  '+.inf': Infinity,
  '-.inf': -Infinity,
};
const SPECIAL_FLOAT = /^(?:\.(?:nan|NaN|NAN)|[-+]?\.(?:inf|Inf|INF))$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9]\d*)$/;
const DATE =
  /^\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[-+]\d{2}:\d{2}))|(?: \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?))?$/;
const MAX_UINT64 = 2n ** 64n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** Resolves the text of an unquoted scalar. Source: gopkg.in/yaml.v2 resolve.go. */
export function resolveScalar(text: string): ResolvedScalar {
  if (NULLS.has(text)) return { tag: '!!null', value: null };
  if (TRUE.test(text)) return { tag: '!!bool', value: true };
  if (FALSE.test(text)) return { tag: '!!bool', value: false };
  if (SPECIAL_FLOAT.test(text)) return { tag: '!!float', value: SPECIAL_FLOATS[text.toLowerCase()] ?? NaN };
  if (DATE.test(text)) return { tag: '!!timestamp', value: text };
  if (!/^[-+\d.]/.test(text)) return { tag: '!!str', value: text };
  const plain = text.startsWith('.') ? text : text.replaceAll('_', '');
  const integer = parseInteger(plain);
  if (integer !== undefined) return { tag: '!!int', value: integer };
  if (FLOAT.test(plain)) return { tag: '!!float', value: Number(plain) };
  return { tag: '!!str', value: text };
}

function parseInteger(plain: string): number | bigint | undefined {
  const match = INTEGER.exec(plain);
  if (match === null) return undefined;
  const [, sign, digits = ''] = match;
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const value = sign === '-' ? -magnitude : magnitude;
  if (value > MAX_UINT64 || value < MIN_INT64) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
