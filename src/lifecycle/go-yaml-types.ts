import type { ParsedNode } from 'yaml';
import { isMap, isScalar, isSeq } from 'yaml';
import type { GoYamlType } from './go-yaml.ts';
import { decodeNode } from './go-yaml.ts';
import type { OutputValue } from './staging-result.ts';

/** `string`: takes the text of any scalar, so `1.10` stays `1.10`. */
export const goString: GoYamlType<string> = {
  name: 'string',
  zero: () => '',
  decode: (node, reader) => {
    if (!isScalar(node)) {
      reader.mismatch(node, 'string');
      return undefined;
    }
    reader.resolve(node);
    return String(node.value);
  },
};

/** `int`: floats are cut off, text is refused. */
export const goInt: GoYamlType<number> = {
  name: 'int',
  zero: () => 0,
  decode: (node, reader) => {
    const value = isScalar(node) ? reader.resolve(node).value : undefined;
    if (typeof value === 'bigint' && value <= 2n ** 63n - 1n) return Number(value);
    if (typeof value === 'number' && Number.isFinite(value) && value < 2 ** 63) return Math.trunc(value);
    reader.mismatch(node, 'int');
    return undefined;
  },
};

/** `[]T`. */
export function goSlice<T>(element: GoYamlType<T>, name = `[]${element.name}`): GoYamlType<T[]> {
  return {
    name,
    zero: () => [],
    decode: (node, reader) => {
      if (!isSeq<ParsedNode>(node)) {
        reader.mismatch(node, name);
        return undefined;
      }
      return node.items.flatMap((item) => {
        const value = decodeNode(element, item, reader);
        return value === undefined ? [] : [value];
      });
    },
  };
}

/** `map[string]T`; of a key written twice the last value counts. */
export function goMap<T>(element: GoYamlType<T>, name: string): GoYamlType<Map<string, T>> {
  return {
    name,
    zero: () => new Map(),
    decode: (node, reader) => {
      if (!isMap<ParsedNode, ParsedNode | null>(node)) {
        reader.mismatch(node, name);
        return undefined;
      }
      const map = new Map<string, T>();
      for (const [keyNode, valueNode] of reader.entries(node)) {
        const key = decodeNode(goString, keyNode, reader);
        if (key === undefined) continue;
        const value = decodeNode(element, valueNode, reader);
        if (value !== undefined) map.set(key, value);
      }
      return map;
    },
  };
}

/** A struct: unknown keys are passed over, missing fields are as in `initial`, else zero. */
export function goStruct<T extends object>(
  name: string,
  fields: { readonly [K in keyof T]: GoYamlType<T[K]> },
  initial: NoInfer<Partial<T>> = {},
): GoYamlType<T> {
  const byKey = new Map<string, GoYamlType<unknown>>(Object.entries(fields));
  const zero = () =>
    ({ ...Object.fromEntries(Array.from(byKey, ([key, type]) => [key, type.zero()])), ...initial }) as T;
  return {
    name,
    zero,
    decode: (node, reader) => {
      if (!isMap<ParsedNode, ParsedNode | null>(node)) {
        reader.mismatch(node, name);
        return undefined;
      }
      const found = new Map<string, unknown>();
      for (const [keyNode, valueNode] of reader.entries(node)) {
        const key = decodeNode(goString, keyNode, reader) ?? '';
        const type = byKey.get(key);
        const value = type && decodeNode(type, valueNode, reader);
        if (value !== undefined) found.set(key, value);
      }
      return { ...zero(), ...Object.fromEntries(found) };
    },
  };
}

/** `*T`: null stays null; anything else makes a value, even if it does not fit. */
export function goPointer<T>(type: GoYamlType<T>): GoYamlType<T | null> {
  return {
    name: type.name,
    zero: () => null,
    decode: (node, reader) => type.decode(node, reader) ?? type.zero(),
  };
}

/** `interface{}`: a date stays text, a map is a Map. */
export const goAny: GoYamlType<OutputValue> = {
  name: 'interface {}',
  zero: () => null,
  decode: (node, reader) => {
    if (isScalar(node)) return reader.resolve(node).value;
    if (isSeq<ParsedNode>(node)) return goSlice(goAny).decode(node, reader);
    return goMap(goAny, 'map[interface {}]interface {}').decode(node, reader);
  },
};
