/** A pattern of paths as a RegExp: `*` and `?` stay within a folder, `**` does not. */
export function globRegExp(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(
      /\*\*\/|\*\*|\*|\?/g,
      (mark) => ({ '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*' })[mark] ?? '[^/]',
    );
  return new RegExp(`^${source}$`);
}
