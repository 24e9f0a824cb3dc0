import type { ManifestNode, MapEntry, MapNode } from './manifest-node.ts';
import { isNull } from './manifest-node.ts';
import type { Problems } from './problems.ts';

/** The entries of a map by key; with several spellings of one key the last counts, as in Cloud Controller. */
export type Fields = ReadonlyMap<string, MapEntry>;

/** Cloud Controller's spelling of app and process keys: `health-check-type` and `healthCheckType` are `health_check_type`. */
export function underscore(key: string): string {
  return key
    .replaceAll('-', '_')
    .replace(/([A-Z\d]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** Keys of apps and processes are underscored; those of everything nested deeper must be spelt right. */
export function fieldsOf(map: MapNode, spelling: (key: string) => string = (key) => key): Fields {
  return new Map(map.entries.map((entry) => [spelling(entry.key.text), entry]));
}

/** The value of a field; undefined when the key is missing or its value is null. */
export function valueOf(fields: Fields, key: string): ManifestNode | undefined {
  const value = fields.get(key)?.value;
  return value === undefined || isNull(value) ? undefined : value;
}

/** A field that the cf CLI holds as text: any scalar will do (`stack: 99` is `"99"`), and empty means absent. */
export function textOf(fields: Fields, key: string, label: string, problems: Problems): string | undefined {
  const value = valueOf(fields, key);
  if (value === undefined) return undefined;
  if (value.kind === 'scalar') return value.text === '' ? undefined : value.text;
  problems.add(value.at, `${label} must be a string`);
  return undefined;
}

/** A true string of 1 to `max` characters. */
export function stringOf(
  value: ManifestNode,
  label: string,
  max: number,
  problems: Problems,
): string | undefined {
  if (value.kind !== 'scalar' || value.type !== 'string') {
    problems.add(value.at, `${label} must be a string`);
    return undefined;
  }
  if (value.text.length >= 1 && value.text.length <= max) return value.text;
  problems.add(value.at, `${label} must be between 1 and ${max} characters`);
  return undefined;
}

/** A whole number of at least `min`, in the words of Cloud Controller's numericality check. */
export function integerOf(
  value: ManifestNode,
  label: string,
  { min, max = Infinity }: { readonly min: number; readonly max?: number },
  problems: Problems,
): number | undefined {
  const complaint = integerComplaint(value, min, max);
  if (complaint === undefined) return value.kind === 'scalar' ? Number(value.text) : undefined;
  problems.add(value.at, `${label} ${complaint}`);
  return undefined;
}

function integerComplaint(value: ManifestNode, min: number, max: number): string | undefined {
  const text = value.kind === 'scalar' ? value.text : '';
  if (text.trim() === '' || Number.isNaN(Number(text))) return 'is not a number';
  if (!/^[-+]?\d+$/.test(text)) return 'must be an integer';
  if (Number(text) < min) return `must be greater than or equal to ${min}`;
  return Number(text) > max ? `must be less than or equal to ${max}` : undefined;
}

/** A list of maps; anything else is one complaint. */
export function mapsOf(value: ManifestNode, complaint: string, problems: Problems): readonly MapNode[] {
  const items = value.kind === 'list' ? value.items : undefined;
  if (items?.every((item) => item.kind === 'map')) return items;
  problems.add(value.at, complaint);
  return [];
}

/** True for text that Ruby on Rails calls blank. */
export function isBlank(text: string): boolean {
  return text.trim() === '';
}
