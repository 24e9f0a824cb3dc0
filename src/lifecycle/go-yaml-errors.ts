/** A syntax error as the `yaml` package reports it. Lines count from 1. */
export interface SyntaxProblem {
  readonly code: string;
  readonly message: string;
  readonly offset: number;
  readonly line: number;
  readonly endLine: number;
}

/**
 * gopkg.in/yaml.v2's words for what the `yaml` package found. The line is left out on the first line, as there.
 * libyaml's scanner counts lines from 1, its parser from 0.
 */
export function goSyntaxError(problems: readonly SyntaxProblem[], text: string): string {
  const [first] = problems;
  if (first === undefined) return 'yaml: unknown problem parsing YAML content';
  if (first.message.includes('with flow indicator')) return parserError(first.line, NODE);
  const words = SCANNER_WORDS[first.code];
  if (words !== undefined) return scannerError(first.line, words);
  switch (first.code) {
    case 'BLOCK_AS_IMPLICIT_KEY': {
      const multiline = problems.find(({ code }) => code === 'MULTILINE_IMPLICIT_KEY');
      return scannerError(multiline?.endLine ?? first.line, MAPPING);
    }
    case 'MULTILINE_IMPLICIT_KEY':
      return multilineKeyError(first, problems, text);
    case 'MISSING_CHAR':
      return first.message.startsWith('Missing closing')
        ? scannerError(first.endLine, 'found unexpected end of stream')
        : scannerError(first.line + 1, COLON);
    case 'BAD_INDENT':
      return parserError(first.line, indentProblem(first, text));
    default:
      return parserError(
        first.line,
        afterSequence(first, text) ? "did not find expected '-' indicator" : KEY,
      );
  }
}

const MAPPING = 'mapping values are not allowed in this context';
const COLON = "could not find expected ':'";
const KEY = 'did not find expected key';
const NODE = 'did not find expected node content';

const SCANNER_WORDS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'found character that cannot start any token',
  BAD_SCALAR_START: 'found character that cannot start any token',
  BAD_DQ_ESCAPE: 'found unknown escape character',
};

function scannerError(line: number, problem: string): string {
  return `yaml: ${line > 1 ? `line ${line}: ` : ''}${problem}`;
}

function parserError(line: number, problem: string): string {
  return `yaml: ${line > 1 ? `line ${line - 1}: ` : ''}${problem}`;
}

/** A key that does not end on its line: libyaml's complaint depends on whether a mapping was already under way. */
function multilineKeyError(
  { line, endLine }: SyntaxProblem,
  problems: readonly SyntaxProblem[],
  text: string,
): string {
  if (problems.some(({ message }) => message.includes('block-seq-ind'))) return parserError(line, KEY);
  const before = text.split('\n').slice(0, line - 1);
  const inMapping = before.some((other) => other.trim() !== '' && !/^(?:#|---)/.test(other.trim()));
  return scannerError(endLine, inMapping ? COLON : MAPPING);
}

function indentProblem({ message, offset }: SyntaxProblem, text: string): string {
  const flow = /^Flow (?:sequence|map) .* end with a (.)/.exec(message);
  if (flow === null) return KEY;
  const written = text.slice(0, offset).trimEnd();
  return /[[{,]$/.test(written) ? NODE : `did not find expected ',' or '${flow[1] ?? ''}'`;
}

function afterSequence({ message }: SyntaxProblem, text: string): boolean {
  return message.includes('at node end') && /^- /m.test(text);
}
