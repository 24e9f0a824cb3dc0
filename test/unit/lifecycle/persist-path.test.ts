import { describe, expect, test } from 'vitest';
import { requirePersistable } from '../../../src/lifecycle/persist-path.ts';

describe('a path that can be kept', () => {
  test.for([
    ['/home/vcap/.cache/go-build', '/home/vcap/.cache/go-build'],
    ['/opt/go/', '/opt/go'],
    ['/usr/local/go', '/usr/local/go'],
    ['/tmp/go-cache', '/tmp/go-cache'],
  ] as const)('%s', ([given, path]) => {
    expect(requirePersistable(given)).toBe(path);
  });
});

describe('a path that cannot be kept', () => {
  test.for([
    ...['/', '', 'relative', './x', '/a/../tmp/app', '/a//b', '/with space', '/star*'],
    ...['/tmp', '/tmp/app', '/tmp/app/vendor', '/tmp/cache', '/tmp/cache/final', '/tmp/contents123/deps'],
    ...['/tmp/buildpacks/x', '/tmp/buildpackdownloads', '/tmp/lifecycle', '/tmp/droplet', '/tmp/result.json'],
    ...['/home', '/home/vcap', '/etc/x', '/usr', '/usr/bin/x', '/proc/self', '/dev/shm', '/root'],
  ])('%s', (given) => {
    expect(() => requirePersistable(given)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: expect.stringContaining(`--persist ${given}: `) as string,
      }),
    );
  });
});
