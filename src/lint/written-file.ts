/** A word of the shell, quoted parts included. */
const WORD = String.raw`((?:"[^"]*"|'[^']*'|[^\s;&|<>()"'])+)`;
const REDIRECTION = new RegExp(String.raw`(?<![0-9&<>=-])>{1,2}\|?\s*${WORD}`);
const TEE = new RegExp(String.raw`\btee\s+(?:-a\s+)?${WORD}`);
/** Its last word. */
const COPY = new RegExp(String.raw`(?:^|[\s;&|])(?:cp|mv|install|ln)\s(?:[^;&|]*\s)?${WORD}\s*(?:[;&|]|$)`);
const DISCARDED = /\d*>{1,2}&?\s*(?:\/dev\/\w+|\d\b)/g;
const ASSIGNMENT = /^\s*(?:(?:local|readonly|declare|export)\s+)*(\w+)=((?:"[^"]*"|'[^']*'|[^\s;"'])+)/;

/** The file that a command writes to (`>`, tee, cp …), with the variables put in that are known. */
export function writtenFile(code: string, variables: ReadonlyMap<string, string>): string | undefined {
  const command = code.replace(DISCARDED, ' ');
  const word = (TEE.exec(command) ?? REDIRECTION.exec(command) ?? COPY.exec(command))?.[1];
  return word === undefined ? undefined : resolved(unquoted(word), variables);
}

/** Variables of a script and what they are set to, the last one where there are several. */
export function assignments(lines: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = ASSIGNMENT.exec(line) ?? [];
    if (name !== undefined && value !== undefined) values.set(name, unquoted(value));
  }
  return values;
}

/** Two rounds: `f=$dir/launch.yml` after `dir=$3/$4` is as deep as it goes in practice. */
function resolved(word: string, variables: ReadonlyMap<string, string>): string {
  const once = (text: string) =>
    text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole: string, braced?: string, bare?: string) => {
      return variables.get(braced ?? bare ?? '') ?? whole;
    });
  return once(once(word));
}

function unquoted(word: string): string {
  return word.replace(/["']/g, '');
}
