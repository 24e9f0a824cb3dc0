/** The key of a buildpack, of one given by a path or URL its last name. */
export function shortKey(key: string): string {
  return key.split('/').findLast((part) => part !== '') ?? key;
}
