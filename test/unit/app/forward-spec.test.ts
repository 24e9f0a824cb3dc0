import { describe, expect, it } from 'vitest';
import { parsePortForward } from '../../../src/app/forward-spec.ts';

describe('-L', () => {
  it.each([
    ['8888:remote:8080', { host: '127.0.0.1', port: 8888 }, { host: 'remote', port: 8080 }],
    ['localhost:8888:remote:8080', { host: '127.0.0.1', port: 8888 }, { host: 'remote', port: 8080 }],
    ['0.0.0.0:0:10.0.0.1:65535', { host: '0.0.0.0', port: 0 }, { host: '10.0.0.1', port: 65535 }],
  ])('reads %s', (text, listen, target) => {
    expect(parsePortForward(text)).toEqual({ listen, target });
  });

  // Source of most: cli command/flag/ssh_port_forwarding_test.go.
  it.each([
    ...['IAMABANANA909009009', 'IAMABANANA:909009009', 'I:AM:A:BANANA:909009009', 'I:AM:A:', '', ':1:h:2'],
    ...['I:AM:8888', '8888:AM:potato', 'localhost:foo:AM:8888', 'localhost:8080:AM:bar'],
    ...['65536:h:80', '80:h:65536', '-1:h:80', '8e1:h:80', ' 80:h:80'],
  ])('refuses %j', (text) => {
    expect(() => parsePortForward(text)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: `Incorrect Usage: Bad local forwarding specification '${text}'`,
      }),
    );
  });
});
