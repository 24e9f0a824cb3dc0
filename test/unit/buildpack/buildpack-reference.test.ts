import { describe, expect, it } from 'vitest';
import { createBuildpackHash } from '../../../src/buildpack/buildpack-hash.ts';
import { buildpackDirectory, parseBuildpackReference } from '../../../src/buildpack/buildpack-reference.ts';
import { stagingFailureMessage } from '../../../src/lifecycle/staging-failure.ts';

const hash = await createBuildpackHash();

describe('parseBuildpackReference', () => {
  it.each([
    ['ruby_buildpack', { kind: 'name' }],
    ['my buildpack', { kind: 'name' }],
    ['https://h/x.zip', { kind: 'zip', url: 'https://h/x.zip' }],
    ['https://h/x.zip?token=a', { kind: 'zip', url: 'https://h/x.zip?token=a' }],
    ['https://h/o/r.git', { kind: 'git', url: 'https://h/o/r.git' }],
    ['https://h/o/r#v1.2', { kind: 'git', url: 'https://h/o/r', branch: 'v1.2' }],
    ['ssh://git@h/r.git', { kind: 'git', url: 'ssh://git@h/r.git' }],
    ['file:///a/b%20c', { kind: 'file', path: '/a/b c' }],
  ])('%s', (key, reference) => {
    expect(parseBuildpackReference(key)).toEqual({ value: { ...reference, key } });
  });

  it('refuses scp-style addresses in the words of the builder', () => {
    const parsed = parseBuildpackReference('git@github.com:org/repo.git');
    expect('failure' in parsed && stagingFailureMessage(parsed.failure)).toBe(
      'Invalid buildpack url (git@github.com:org/repo.git): parse "git@github.com:org/repo.git": first path segment in URL cannot contain colon',
    );
  });
});

describe('buildpackDirectory', () => {
  it('is named by the xxhash64, leading zeros kept', () => {
    expect(hash('dumps-env')).toBe('0569da5fec7b09b5');
    expect(buildpackDirectory('dumps-env', hash)).toBe('/tmp/buildpacks/0569da5fec7b09b5');
    const url = 'https://h/o/r#main';
    expect(buildpackDirectory(url, hash)).toBe(`/tmp/buildpackdownloads/${hash(url)}`);
    expect(hash(url)).toMatch(/^[0-9a-f]{16}$/);
  });
});
