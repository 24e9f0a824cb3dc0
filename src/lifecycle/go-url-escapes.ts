/** Go's complaint about the first `%` that two hex digits do not follow; undefined without one. */
export function badEscape(text: string): string | undefined {
  const escape = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(text)?.[0];
  return escape === undefined ? undefined : `invalid URL escape ${goQuote(escape)}`;
}

/** Replaces `%XX` by the bytes; what is not UTF-8 then becomes the replacement character. */
export function decodePercent(text: string): string {
  const bytes = text.match(/%[0-9a-fA-F]{2}|[^%]+|%/g) ?? [];
  const decode = (part: string) =>
    /^%../.test(part) ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part, 'utf8');
  return Buffer.concat(bytes.map(decode)).toString('utf8');
}

/** User name or password as Go writes it: `$&+,;=` stay, `!'()*` do not. */
export function writeUserPart(part: string): string {
  return encodeURIComponent(decodePercent(part)).replace(/[!'()*]|%(?:24|26|2B|2C|3B|3D)/g, (char) =>
    char.startsWith('%') ? decodeURIComponent(char) : percent(char),
  );
}

/** A path that is already well encoded stays as it is; any other is encoded anew. */
export function writePath(path: string): string {
  if (/^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@[\]/]|%[0-9a-fA-F]{2})*$/.test(path)) return path;
  return encodeURI(decodePercent(path)).replace(/[!'()*?#[\]]/g, percent);
}

/** Go's `%q` for what occurs in URLs. */
export function goQuote(text: string): string {
  return JSON.stringify(text).replace(/\\u00([0-9a-f]{2})/g, '\\x$1');
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}
