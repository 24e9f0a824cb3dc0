/** Where a buildpack comes from. `location` is an absolute path, or a URL for `http-zip` and `git`. */
export type BuildpackLocation =
  | { readonly kind: 'directory' | 'zip' | 'http-zip'; readonly location: string }
  | { readonly kind: 'git'; readonly location: string; readonly branch?: string };

/** A URL without the user name and password it may hold, for messages and logs. */
export function withoutCredentials(url: string): string {
  if (!URL.canParse(url)) return url;
  const parsed = new URL(url);
  if (parsed.username === '' && parsed.password === '') return url;
  parsed.username = '';
  parsed.password = '';
  return parsed.href;
}
