import { rubyString } from '../lifecycle/ruby-string.ts';
import type { ManifestNode, ScalarNode } from './manifest-node.ts';

const SPECIAL_FLOATS = new Map([
  ['.inf', 'Infinity'],
  ['-.inf', '-Infinity'],
  ['.nan', 'NaN'],
]);

/**
 * Ruby's `to_s` of a scalar that came through the cf CLI as YAML. Psych reads an exponent as a float only after a
 * decimal point, so `1e+06` stays text while `1.5e+06` becomes `1500000.0`.
 */
export function rubyText(node: ScalarNode): string {
  if (node.type !== 'float') return node.text;
  const special = SPECIAL_FLOATS.get(node.text);
  if (special !== undefined) return special;
  return /\..*e/.test(node.text) ? rubyFloat(Number(node.text)) : node.text;
}

function rubyFloat(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 1e16 || magnitude < 1e-4) {
    const [mantissa = '', exponent = ''] = value.toExponential().split('e');
    const sign = exponent.startsWith('-') ? '-' : '+';
    return `${mantissa}e${sign}${exponent.slice(1).padStart(2, '0')}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** Ruby 3.3's `inspect` of a parsed value whose string keys were made symbols: `{:a=>"b"}`, `[1, nil]`. */
export function rubyInspect(node: ManifestNode): string {
  if (node.kind === 'list') return `[${node.items.map(rubyInspect).join(', ')}]`;
  if (node.kind === 'map') {
    const entries = node.entries.map(({ key, value }) => `${inspectKey(key)}=>${rubyInspect(value)}`);
    return `{${entries.join(', ')}}`;
  }
  if (node.type === 'null') return 'nil';
  return node.type === 'string' ? rubyString(node.text) : rubyText(node);
}

function inspectKey(key: ScalarNode): string {
  if (key.type !== 'string') return rubyInspect(key);
  return /^[\p{L}_][\p{L}\p{N}_]*[?!=]?$/u.test(key.text) ? `:${key.text}` : `:${rubyString(key.text)}`;
}
