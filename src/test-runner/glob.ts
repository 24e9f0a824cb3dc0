/** Whether a path fits a pattern: `*` and `?` stay within a folder, `**` does not. */
export function globTest(glob: string): (path: string) => boolean {
  const source = glob
    .replace(/^\.?\//, '')
    .replace(/\*\*\/|\*\*|[*?]|[.+^${}()|[\]\\]/g, (part) => TOKENS[part] ?? `\\${part}`);
  const regexp = new RegExp(`^${source}$`, 's');
  return (path) => regexp.test(path);
}

const TOKENS: Readonly<Record<string, string>> = {
  '**/': '(?:.*/)?',
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
};
