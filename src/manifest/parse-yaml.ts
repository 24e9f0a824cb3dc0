import { Composer, Lexer, LineCounter, Parser, type CST, type Document, type ScalarTag } from 'yaml';
import { CfstageError, type UserErrorCode } from '../errors.ts';
import { GO_SCALAR_TAGS } from './go-scalar.ts';
import type { ManifestNode } from './manifest-node.ts';
import { MAX_DEPTH, TOO_DEEP } from './node-weight.ts';
import { positionOf, resolveDocument } from './resolve-document.ts';
import { Problems } from './problems.ts';

/** Which YAML a file is in. The tags make a `GoScalar` of every plain scalar that is no string. */
export interface YamlDialect {
  readonly version: '1.1' | '1.2';
  readonly scalars: readonly ScalarTag[];
  readonly hint: string;
}

const GO_YAML: YamlDialect = {
  version: '1.1',
  scalars: GO_SCALAR_TAGS,
  hint: 'Mend the YAML at the place named; `cfstage` reads it as `cf push` does (YAML 1.1).',
};

/** Source: cloud_controller_ng application_controller.rb#parsed_yaml. */
const MAX_BYTES = 1024 ** 2;

export interface YamlSource {
  readonly text: string;
  /** As it is to be named in messages. */
  readonly file: string;
}

export interface ParsedYaml {
  readonly root: ManifestNode;
  readonly warnings: readonly string[];
}

/**
 * Reads the first YAML document of a text the way Go's yaml.v2 does, unless it is in another dialect.
 * @throws CfstageError with the given code; every line starts with file:line:column.
 */
export function parseYaml(source: YamlSource, code: UserErrorCode, dialect = GO_YAML): ParsedYaml {
  if (source.text.length > MAX_BYTES) {
    throw new CfstageError(
      code,
      `${source.file}:1:1: Manifest size is too large. The maximum supported size is 1MB.`,
      {
        hint: 'Split the file or shorten its values.',
      },
    );
  }
  const lines = new LineCounter();
  const problems = new Problems(source.file);
  const document = compose(source, dialect, lines, problems);
  problems.raise(code, dialect.hint);
  const warnings: string[] = [];
  const root = resolveDocument(document, lines, problems, warnings);
  problems.raise(code, dialect.hint);
  return { root, warnings };
}

function compose(
  { text, file }: YamlSource,
  { version, scalars }: YamlDialect,
  lines: LineCounter,
  problems: Problems,
): Document.Parsed {
  const composer = new Composer({
    version,
    schema: 'failsafe',
    customTags: [...scalars],
    uniqueKeys: false,
  });
  const tokens = readTokens(text, lines, (offset) => problems.add(positionOf(offset, lines), TOO_DEEP));
  // cf reads the first document and never looks at the others.
  const first = composer.compose(tokens, true, text.length).next();
  if (first.done === true) throw new CfstageError('INTERNAL', `No document in ${file}`);
  for (const { message, pos } of first.value.errors)
    problems.add(positionOf(pos[0], lines), `yaml: ${message}`);
  return first.value;
}

/** The tokens of a text up to where it nests too deep: the composer recurses, and a stack overflow there can kill the process. */
function* readTokens(
  text: string,
  lines: LineCounter,
  onTooDeep: (offset: number) => void,
): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > MAX_DEPTH) {
      onTooDeep(parser.offset);
      return;
    }
  }
  yield* parser.end();
}
