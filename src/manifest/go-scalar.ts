import type { ScalarTag } from 'yaml';

export type ScalarType = 'null' | 'bool' | 'int' | 'float' | 'timestamp' | 'string';

/** A plain scalar as Go's yaml.v2 sees it; `text` is how that library writes it again (`1.10` is `1.1`, `0777` is `511`). */
export class GoScalar {
  readonly type: ScalarType;
  readonly text: string;

  constructor(type: ScalarType, text: string) {
    this.type = type;
    this.text = text;
  }
}

const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const INT = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const SPECIAL_FLOATS = new Map([
  ['.inf', '.inf'],
  ['+.inf', '.inf'],
  ['-.inf', '-.inf'],
  ['.nan', '.nan'],
]);
const MAX_UINT64 = 2n ** 64n - 1n;
const MIN_INT64 = -(2n ** 63n);

const DATE = String.raw`(\d{4})-(\d{1,2})-(\d{1,2})`;
const CLOCK = String.raw`\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?`;
const TIMESTAMP = new RegExp(`^${DATE}(?:[Tt]${CLOCK}(?:Z|[-+]\\d\\d:\\d\\d)| ${CLOCK})?$`);

/** Go's `strconv.FormatFloat(value, 'g', -1, 64)`: an exponent below -4 and from 6 on switches to scientific notation. */
export function formatGoFloat(value: number): string {
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  const sign = power < 0 ? '-' : '+';
  return `${mantissa}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
}

function resolveInt(text: string): GoScalar | undefined {
  const [, sign = '', digits = ''] = INT.exec(text) ?? [];
  if (digits === '') return undefined;
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase());
  const value = sign === '-' ? -magnitude : magnitude;
  return value > MAX_UINT64 || value < MIN_INT64 ? undefined : new GoScalar('int', value.toString());
}

function resolveNumber(text: string): GoScalar | string {
  const special = SPECIAL_FLOATS.get(text.toLowerCase());
  if (special !== undefined) return new GoScalar('float', special);
  const plain = text.startsWith('.') ? text : text.replaceAll('_', '');
  const int = resolveInt(plain);
  if (int !== undefined) return int;
  const value = FLOAT.test(plain) ? Number(plain) : NaN;
  return Number.isFinite(value) ? new GoScalar('float', formatGoFloat(value)) : text;
}

function resolveTimestamp(text: string): GoScalar | string {
  const [, year, month, day] = TIMESTAMP.exec(text) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const exists = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return exists ? new GoScalar('timestamp', text) : text;
}

const SPECIAL_FLOAT = /^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/;

/** Scalar tags that make the `yaml` package resolve YAML 1.1 as Go's yaml.v2 2.4.0 does (its resolve.go). */
export const GO_SCALAR_TAGS: ScalarTag[] = [
  {
    tag: 'tag:yaml.org,2002:null',
    default: true,
    test: /^(?:~|null|Null|NULL)?$/,
    resolve: () => new GoScalar('null', ''),
  },
  {
    tag: 'tag:yaml.org,2002:bool',
    default: true,
    test: /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON|n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/,
    resolve: (text) => new GoScalar('bool', /^(?:y|true|on)/i.test(text) ? 'true' : 'false'),
  },
  {
    tag: 'tag:yaml.org,2002:timestamp',
    default: true,
    test: TIMESTAMP,
    resolve: resolveTimestamp,
  },
  {
    tag: 'tag:yaml.org,2002:int',
    default: true,
    test: /^[-+]?[0-9][0-9a-zA-Z_]*$/,
    resolve: resolveNumber,
  },
  {
    tag: 'tag:yaml.org,2002:float',
    default: true,
    test: new RegExp(`${SPECIAL_FLOAT.source}|^[-+0-9.][0-9._eE+-]*$`),
    resolve: resolveNumber,
  },
];
