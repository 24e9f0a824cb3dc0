import { describe, expect, test } from 'vitest';
import { accessLogLine, type AccessRecord } from '../../../src/router/access-log.ts';
import { endpointAt } from './support/servers.ts';

const RECORD: AccessRecord = {
  host: 'web.localhost:80',
  receivedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 6) + 0.5,
  method: 'POST',
  uri: '/a?b',
  protocol: 'HTTP/1.1',
  status: 201,
  requestBytes: 3,
  responseBytes: 4,
  headers: {
    referer: 'http://r/',
    'user-agent': 'curl "8"',
    'x-forwarded-for': '1.2.3.4, 5.6.7.8',
    'x-forwarded-proto': 'https',
    'x-vcap-request-id': 'id',
    'x-b3-traceid': 't',
    'x-b3-spanid': 's',
    b3: 't-s',
  },
  client: '127.0.0.1:1000',
  endpoint: endpointAt(2000, { index: 4 }),
  responseSeconds: 0.1234567,
  routerSeconds: 0,
};

test('a line has the fields of gorouter in its order', () => {
  expect(accessLogLine(RECORD)).toBe(
    'web.localhost:80 - [2026-01-02T03:04:05.006500000Z] "POST /a?b HTTP/1.1" 201 3 4 "http://r/" "curl \\"8\\"" ' +
      '"127.0.0.1:1000" "127.0.0.1:2000" x_forwarded_for:"1.2.3.4, 5.6.7.8" x_forwarded_proto:"https" ' +
      'vcap_request_id:"id" response_time:0.123457 gorouter_time:0.000000 ' +
      'app_id:"11111111-2222-3333-4444-555555555555" app_index:"4" instance_id:"instance-4" x_cf_routererror:"-" ' +
      'x_b3_traceid:"t" x_b3_spanid:"s" x_b3_parentspanid:"-" b3:"t-s"',
  );
});

test('what is not there is a dash', () => {
  const { endpoint: _, routerSeconds: _seconds, ...rest } = RECORD;
  const record = { ...rest, status: 0, requestBytes: 0, headers: {}, routerError: 'no_endpoints' };
  expect(accessLogLine(record)).toBe(
    'web.localhost:80 - [2026-01-02T03:04:05.006500000Z] "POST /a?b HTTP/1.1" "-" 0 4 "-" "-" "127.0.0.1:1000" "-" ' +
      'x_forwarded_for:"-" x_forwarded_proto:"-" vcap_request_id:"-" response_time:0.123457 gorouter_time:"-" ' +
      'app_id:"-" app_index:"-" instance_id:"-" x_cf_routererror:"no_endpoints" ' +
      'x_b3_traceid:"-" x_b3_spanid:"-" x_b3_parentspanid:"-" b3:"-"',
  );
});

describe('what is too long', () => {
  test.each([
    ['referer', 1000, 'x'.repeat(1000)],
    ['referer', 1001, `${'x'.repeat(500)}...REFERER-TOO-LONG-TO-LOG--TRUNCATED`],
    ['user-agent', 5000, `${'x'.repeat(655)}...USER-AGENT-TOO-LONG-TO-LOG--TRUNCATED`],
  ])('is cut: %s of %i', (name, length, expected) => {
    const line = accessLogLine({ ...RECORD, headers: { [name]: 'x'.repeat(length) } });
    expect(line).toContain(` "${expected}" `);
  });

  test('is cut: the URI and the last headers', () => {
    const uri = `/${'u'.repeat(20_000)}`;
    const line = accessLogLine({ ...RECORD, uri, headers: { b3: 'b'.repeat(20_000) } });
    expect(line).toContain(`"POST /${'u'.repeat(9_999)}...REQUEST-URI-TOO-LONG-TO-LOG--TRUNCATED HTTP/1.1"`);
    expect(line).toMatch(/x_b3_parentspanid:"-" \.\.\.EXTRA-REQUEST-HEADERS-TOO-LONG-TO-LOG--TRUNCATED$/);
  });
});
