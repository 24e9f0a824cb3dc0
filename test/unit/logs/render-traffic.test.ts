import { expect, test } from 'vitest';
import { renderTraffic } from '../../../src/logs/render-traffic.ts';

test('a table has one line for what reads the same, and tells where each try went', () => {
  const source = { kind: 'staging', phase: 'supply', buildpack: './bp' } as const;
  const proxied = { source, protocol: 'proxy', host: 'example.com', port: 443, answer: 'answered' } as const;
  const table = renderTraffic('app', [
    { source, protocol: 'dns', host: 'example.com', answer: 'answered' },
    { source, protocol: 'tcp', host: 'example.com', address: '192.0.2.1', port: 80, answer: 'refused' },
    { ...proxied, request: 'GET http://example.com:443/one' },
    { ...proxied, request: 'GET http://example.com:443/two' },
    { ...proxied, source: { kind: 'app', process: 'web', index: 1 } },
  ]);
  expect(table.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['Traffic of app:'],
    ['by', 'protocol', 'host', 'address', 'answer'],
    ['bin/supply of ./bp', 'dns', 'example.com', 'answered'],
    ['bin/supply of ./bp', 'tcp', 'example.com', '192.0.2.1:80', 'refused'],
    ['bin/supply of ./bp', 'proxy', 'example.com', 'example.com:443', 'answered'],
    ['web/1', 'proxy', 'example.com', 'example.com:443', 'answered'],
  ]);
});
