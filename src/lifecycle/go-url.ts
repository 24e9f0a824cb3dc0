import { badEscape, decodePercent, goQuote, writePath, writeUserPart } from './go-url-escapes.ts';

/** A URL as Go's net/url takes it apart. */
export interface GoUrl {
  /** Lower case; empty for a relative reference. */
  readonly scheme: string;
  /** Decoded. */
  readonly path: string;
  readonly fragment: string;
  /** What follows the scheme (`://…` or `:…`), written as Go writes it; the fragment left out. */
  readonly rest: string;
}

interface Invalid {
  readonly error: string;
}

/** Parses as Go's `url.Parse` does; the error is the whole of Go's text. */
export function parseGoUrl(text: string): GoUrl | Invalid {
  const [before, hash] = cut(text, '#');
  const fragment = hash.slice(1);
  const parsed = parseWithoutFragment(before);
  if ('error' in parsed) return { error: `parse ${goQuote(before)}: ${parsed.error}` };
  const invalid = badEscape(fragment);
  if (invalid !== undefined) return { error: `parse ${goQuote(text)}: ${invalid}` };
  return { ...parsed, fragment: decodePercent(fragment) };
}

function parseWithoutFragment(text: string): Omit<GoUrl, 'fragment'> | Invalid {
  if (/[\0-\x1f\x7f]/.test(text)) return { error: 'net/url: invalid control character in URL' };
  if (text.startsWith(':')) return { error: 'missing protocol scheme' };
  const colon = /^[A-Za-z][A-Za-z0-9+.-]*:/.exec(text)?.[0].length ?? 0;
  const scheme = text.slice(0, Math.max(colon - 1, 0)).toLowerCase();
  const [hierarchy, query] = cut(text.slice(colon), '?');
  if (scheme !== '' && !hierarchy.startsWith('/')) return { scheme, path: '', rest: text.slice(colon - 1) };
  if (scheme === '' && /^[^/]*:/.test(hierarchy)) {
    return { error: 'first path segment in URL cannot contain colon' };
  }
  const parsed = parseHierarchy(hierarchy, scheme);
  if ('error' in parsed) return parsed;
  return { scheme, path: parsed.path, rest: `${scheme === '' ? '' : ':'}${parsed.written}${query}` };
}

/** Splits before the first mark; the second part keeps it. */
function cut(text: string, mark: string): [before: string, from: string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)];
}

/** `//authority/path` or a path alone. */
function parseHierarchy(
  hierarchy: string,
  scheme: string,
): { readonly path: string; readonly written: string } | Invalid {
  const hasAuthority = hierarchy.startsWith('//') && (scheme !== '' || !hierarchy.startsWith('///'));
  const [authorityText, path] = hasAuthority ? cut(hierarchy.slice(2), '/') : ['', hierarchy];
  const authority = writeAuthority(authorityText);
  if ('error' in authority) return authority;
  const invalid = badEscape(path);
  if (invalid !== undefined) return { error: invalid };
  return {
    path: decodePercent(path),
    written: `${hasAuthority ? '//' : ''}${authority.written}${writePath(path)}`,
  };
}

/** User info is decoded and encoded anew, which changes for example `!` to `%21`; the host stays. */
function writeAuthority(authority: string): { readonly written: string } | Invalid {
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  const hostError = checkHost(host);
  if (hostError !== undefined) return { error: hostError };
  if (at < 0) return { written: host };
  const userinfo = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(userinfo)) return { error: 'net/url: invalid userinfo' };
  const invalid = badEscape(userinfo);
  if (invalid !== undefined) return { error: invalid };
  const [, user = '', colon = '', password = ''] = /^([^:]*)(:?)(.*)$/.exec(userinfo) ?? [];
  return { written: `${writeUserPart(user)}${colon}${writeUserPart(password)}@${host}` };
}

function checkHost(host: string): string | undefined {
  const bracketed = host.startsWith('[');
  if (bracketed && !host.includes(']')) return "missing ']' in host";
  const port = /:[^:\]]*$/.exec(host)?.[0];
  if (port !== undefined && !/^:\d*$/.test(port)) return `invalid port ${goQuote(port)} after host`;
  const bad = /[ {}|\\^`]/.exec(host)?.[0];
  return bad === undefined ? undefined : `invalid character ${goQuote(bad)} in host name`;
}
