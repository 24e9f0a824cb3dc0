import { Composer, Lexer, LineCounter, Parser, type CST, type Document } from 'yaml';
import { CfstageError, type UserErrorCode } from '../errors.ts';
import { GO_SCALAR_TAGS } from './go-scalar.ts';
import type { ManifestNode } from './manifest-node.ts';
import { MAX_DEPTH, TOO_DEEP } from './node-weight.ts';
import { positionOf, resolveDocument } from './resolve-document.ts';
import { Problems } from './problems.ts';

const HINT = 'Mend the YAML at the place named; `cfstage` reads it as `cf push` does (YAML 1.1).';

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
 * Reads the first YAML document of a text the way Go's yaml.v2 does.
 * @throws CfstageError with the given code; every line starts with file:line:column.
 */
export function parseYaml(source: YamlSource, code: UserErrorCode): ParsedYaml {
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
  const document = compose(source, lines, problems);
  problems.raise(code, HINT);
  const warnings: string[] = [];
  const root = resolveDocument(document, lines, problems, warnings);
  problems.raise(code, HINT);
  return { root, warnings };
}

function compose({ text, file }: YamlSource, lines: LineCounter, problems: Problems): Document.Parsed {
  const composer = new Composer({
    version: '1.1',
    schema: 'failsafe',
    customTags: GO_SCALAR_TAGS,
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
