import type { Document, ParsedNode, YAMLMap, YAMLParseError } from 'yaml';
import { isAlias, isMap, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { SyntaxProblem } from './go-yaml-errors.ts';
import { goSyntaxError } from './go-yaml-errors.ts';
import type { ResolvedScalar } from './go-yaml-scalar.ts';
import { resolveScalar } from './go-yaml-scalar.ts';

/** A Go type to decode into. `decode` gives undefined for what does not fit, and reports it to the reader. */
export interface GoYamlType<T> {
  /** As Go prints it in its errors. */
  readonly name: string;
  readonly zero: () => T;
  readonly decode: (node: ParsedNode, reader: YamlReader) => T | undefined;
}

/** What came of a text: always a value, as far as it could be decoded, and gopkg.in/yaml.v2's error if there was one. */
export interface DecodedYaml<T> {
  readonly value: T;
  readonly error: string | undefined;
}

/** Ends decoding at once, as yaml.v2 does for a few errors; the message is the one of Go. */
class YamlAbort extends Error {}

/** Decodes the first document of a text as `yaml.Unmarshal` of gopkg.in/yaml.v2 does. */
export function decodeYaml<T>(text: string, type: GoYamlType<T>): DecodedYaml<T> {
  const parsed = parse(text);
  if (typeof parsed === 'string') return { value: type.zero(), error: parsed };
  if (parsed === undefined) return { value: type.zero(), error: undefined };
  try {
    const value = decodeNode(type, parsed.root, parsed.reader) ?? type.zero();
    const { errors } = parsed.reader;
    const error = errors.length === 0 ? undefined : `yaml: unmarshal errors:\n  ${errors.join('\n  ')}`;
    return { value, error };
  } catch (error) {
    if (error instanceof YamlAbort) return { value: type.zero(), error: error.message };
    throw error;
  }
}

/** Decodes what a document, field or element holds: null is the zero value, an alias is what it stands for. */
export function decodeNode<T>(
  type: GoYamlType<T>,
  node: ParsedNode | null,
  reader: YamlReader,
): T | undefined {
  if (node === null) return type.zero();
  return reader.through(node, (target) =>
    isScalar(target) && reader.resolve(target).tag === '!!null' ? type.zero() : type.decode(target, reader),
  );
}

/** Characters that libyaml's reader refuses. Source: gopkg.in/yaml.v2 readerc.go. */
const CONTROL_CHARACTER = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** The root node and its reader; undefined for an empty text; a string is the syntax error. */
function parse(text: string): { root: ParsedNode; reader: YamlReader } | string | undefined {
  if (CONTROL_CHARACTER.test(text)) return 'yaml: control characters are not allowed';
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    version: '1.1',
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: true,
    lineCounter: lines,
    logLevel: 'silent',
  });
  const document = 'empty' in documents ? undefined : documents[0];
  if (document === undefined) return undefined;
  if (document.errors.length > 0) return goSyntaxError(document.errors.map(syntaxProblem), text);
  const unknown = unknownAnchor(document);
  if (unknown !== undefined) return `yaml: unknown anchor '${unknown}' referenced`;
  return document.contents === null
    ? undefined
    : { root: document.contents, reader: new YamlReader(document, lines) };
}

function syntaxProblem({ code, message, pos, linePos }: YAMLParseError): SyntaxProblem {
  const line = linePos?.[0].line ?? 1;
  return { code, message, offset: pos[0], line, endLine: linePos?.[1]?.line ?? line };
}

function unknownAnchor(document: Document.Parsed): string | undefined {
  let unknown: string | undefined;
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      unknown = alias.source;
      return visit.BREAK;
    },
  });
  return unknown;
}

/** Looks into the nodes of one document and gathers what does not fit. */
export class YamlReader {
  readonly errors: string[] = [];
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #open = new Set<ParsedNode>();

  constructor(document: Document.Parsed, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  /** The node that an alias stands for, handed to `use`; an anchor that contains itself ends decoding. */
  through<T>(node: ParsedNode, use: (target: ParsedNode) => T): T {
    if (!isAlias(node)) return use(node);
    if (this.#open.has(node)) {
      throw new YamlAbort(`yaml: anchor '${node.source}' value contains itself`);
    }
    this.#open.add(node);
    const result = use(node.resolve(this.#document) as unknown as ParsedNode);
    this.#open.delete(node);
    return result;
  }

  /** A scalar's value by yaml.v2's rules: quoted is text, unquoted is resolved, a tag must agree. */
  resolve(node: ParsedNode): ResolvedScalar {
    if (!isScalar(node)) return { tag: '!!null', value: null };
    const text = scalarText(node);
    const tag = node.tag?.replace('tag:yaml.org,2002:', '!!');
    if (node.type !== 'PLAIN' && tag === undefined) return { tag: '!!str', value: text };
    if (tag === undefined) return resolveScalar(text);
    if (!/^!!(?:bool|int|float|null|timestamp)$/.test(tag)) return { tag: '!!str', value: text };
    const resolved = resolveScalar(text);
    const agrees = resolved.tag === tag || (tag === '!!float' && resolved.tag === '!!int');
    if (!agrees) throw new YamlAbort(`yaml: cannot decode ${resolved.tag} \`${text}\` as a ${tag}`);
    return resolved;
  }

  /** Notes that a node does not fit, in yaml.v2's words. */
  mismatch(node: ParsedNode, into: string): void {
    const line = this.#lines.linePos(node.range[0]).line;
    this.errors.push(`line ${line}: cannot unmarshal ${this.#describe(node)} into ${into}`);
  }

  #describe(node: ParsedNode): string {
    if (!isScalar(node)) return isMap(node) ? '!!map' : '!!seq';
    const text = scalarText(node);
    const shown = Buffer.byteLength(text) > 10 ? `${Buffer.from(text).subarray(0, 7).toString()}...` : text;
    return `${this.resolve(node).tag} \`${shown}\``;
  }

  /** Key and value of each entry, merges (`<<`) included in the order in which they are written. */
  *entries(map: YAMLMap.Parsed): Generator<readonly [key: ParsedNode, value: ParsedNode | null]> {
    for (const { key, value } of map.items) {
      if (isScalar(key) && key.type === 'PLAIN' && key.value === '<<') yield* this.#merged(value);
      else yield [key, value];
    }
  }

  *#merged(value: ParsedNode | null): Generator<readonly [ParsedNode, ParsedNode | null]> {
    const source = value === null ? null : this.through(value, (node) => node);
    if (source !== null && isMap(source)) {
      yield* this.entries(source);
      return;
    }
    if (source === null || isScalar(source) || isAlias(source)) throw new YamlAbort(MERGE_NEEDS_MAP);
    for (const item of source.items.toReversed()) {
      const target = this.through(item, (node) => node);
      if (!isMap(target)) throw new YamlAbort(MERGE_NEEDS_MAP);
      yield* this.entries(target);
    }
  }
}

const MERGE_NEEDS_MAP = 'yaml: map merge requires map or sequence of maps as the value';

function scalarText(node: ParsedNode): string {
  return isScalar(node) && typeof node.value === 'string' ? node.value : '';
}
