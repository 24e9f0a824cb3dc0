/** A JSON value for Go: a plain object is a struct (its order is kept), a Map is a map (written in key order). */
export type GoJson =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly GoJson[]
  | ReadonlyMap<string, GoJson>
  | { readonly [key: string]: GoJson | undefined };

const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/**
 * Serialises as Go's encoding/json does: compact; `<`, `>`, `&`, U+2028 and U+2029 escaped; absent fields left out;
 * maps sorted by the bytes of their keys.
 */
export function goJson(value: GoJson): string {
  if (typeof value === 'string') return goString(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : JSON.stringify(value);
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value === 'boolean') return String(value);
  if (isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (isMap(value)) return members([...value].sort(([a], [b]) => compareBytes(a, b)));
  return members(Object.entries(value));
}

function members(entries: readonly (readonly [string, GoJson | undefined])[]): string {
  const written = entries.flatMap(([key, value]) =>
    value === undefined ? [] : [`${goString(key)}:${goJson(value)}`],
  );
  return `{${written.join(',')}}`;
}

/** Lone surrogates cannot be UTF-8; Go writes the replacement character for such bytes. */
function goString(text: string): string {
  const wellFormed = text.replace(/\p{Surrogate}/gu, '\ufffd');
  return JSON.stringify(wellFormed).replace(/[<>&\u2028\u2029]/g, (char) => ESCAPES[char] ?? char);
}

/** Parsed JSON as Go holds it after decoding into `map[string]interface{}`: every object a map. */
export function goMaps(value: unknown): GoJson {
  if (Array.isArray(value)) return value.map(goMaps);
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).map(([key, field]) => [key, goMaps(field)]));
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return null;
}

/** Order of the UTF-8 bytes, which is that of code points and not that of UTF-16 units. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Surrogates stand for the highest code points; their units do not. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

function isArray(value: GoJson): value is readonly GoJson[] {
  return Array.isArray(value);
}

function isMap(value: GoJson): value is ReadonlyMap<string, GoJson> {
  return value instanceof Map;
}
