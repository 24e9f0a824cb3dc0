import { expect, it } from 'vitest';
import { parseGoUrl } from '../../../src/lifecycle/go-url.ts';
// Observed with Go's net/url.
import vectors from './go-url.vectors.json' with { type: 'json' };

it.each(vectors)('agrees with Go on $text', ({ text, error, scheme, path, fragment, string }) => {
  const url = parseGoUrl(text);
  if ('error' in url) {
    expect(url.error).toBe(error);
  } else {
    expect(error).toBe('');
    expect(url).toMatchObject({ scheme, path, fragment });
    expect(`${url.scheme}${url.rest}`).toBe(string?.replace(/#.*$/, ''));
  }
});
