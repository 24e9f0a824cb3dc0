import { expect, test } from 'vitest';
import { describeFailure } from '../../../src/router/backend-failure.ts';
import { isEndpoint } from '../../../src/router/endpoint.ts';
import { forwardedHeaders, parseAppInstance } from '../../../src/router/gorouter-headers.ts';
import { APP_GUID, endpointAt } from './support/servers.ts';

const UUID = '01234567-89ab-cdef-0123-456789abcdef';
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = '00f067aa0ba902b7';
const AS_UUID = '0af76519-16cd-43dd-8448-eb211c80319c';
const ARRIVAL = { clientIp: '10.1.2.3', time: 1234.9, uuid: UUID, spanId: 'aaaaaaaaaaaaaaaa' };

const NEW_TRACE = {
  'x-b3-traceid': UUID.replaceAll('-', ''),
  'x-b3-spanid': 'aaaaaaaaaaaaaaaa',
  b3: `${UUID.replaceAll('-', '')}-aaaaaaaaaaaaaaaa`,
  'x-vcap-request-id': UUID,
};
const FIXED = { 'x-forwarded-for': '10.1.2.3', 'x-forwarded-proto': 'http', 'x-request-start': '1234' };

test.each([
  ['nothing', {}, { ...NEW_TRACE, ...FIXED }],
  ['a request id', { 'x-vcap-request-id': 'mine' }, { ...NEW_TRACE, ...FIXED }],
  [
    'what it came by',
    { 'x-forwarded-for': '1.1.1.1', 'x-forwarded-proto': 'https', 'x-request-start': 't=1' },
    {
      ...NEW_TRACE,
      'x-forwarded-for': '1.1.1.1, 10.1.2.3',
      'x-forwarded-proto': 'https',
      'x-request-start': 't=1',
    },
  ],
  ['an empty protocol', { 'x-forwarded-proto': '' }, { ...NEW_TRACE, ...FIXED }],
  [
    'a trace',
    { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN },
    {
      ...FIXED,
      'x-b3-traceid': TRACE,
      'x-b3-spanid': SPAN,
      b3: `${TRACE}-${SPAN}`,
      'x-vcap-request-id': AS_UUID,
    },
  ],
  [
    'a trace in one header',
    { b3: `${TRACE}-${SPAN}-1` },
    {
      ...FIXED,
      b3: `${TRACE}-${SPAN}-1`,
      'x-vcap-request-id': AS_UUID,
    },
  ],
  [
    'a short trace',
    { b3: `${SPAN}-${SPAN}` },
    { ...FIXED, b3: `${SPAN}-${SPAN}`, 'x-vcap-request-id': UUID },
  ],
  ['a malformed trace', { b3: 'x', 'x-b3-traceid': 'y', 'x-b3-spanid': SPAN }, { ...NEW_TRACE, ...FIXED }],
  [
    'what is for the connection',
    { connection: 'close, X-One', 'x-one': '1', te: 'trailers', upgrade: 'h2c', expect: 'x' },
    {
      ...NEW_TRACE,
      ...FIXED,
    },
  ],
  [
    'the end of a body, whatever Connection says',
    { connection: 'transfer-encoding, host', 'transfer-encoding': 'chunked', host: 'h' },
    {
      ...NEW_TRACE,
      ...FIXED,
      'transfer-encoding': 'chunked',
      host: 'h',
    },
  ],
  [
    'several of a name',
    { cookie: 'a=1; b=2', 'x-list': ['1', '2'] },
    {
      ...NEW_TRACE,
      ...FIXED,
      cookie: 'a=1; b=2',
      'x-list': ['1', '2'],
    },
  ],
])('of a request with %s', (_, headers, expected) => {
  expect(forwardedHeaders(headers, ARRIVAL)).toEqual(expected);
});

test.each([
  [`${APP_GUID}:0`, { guid: APP_GUID, index: '0' }],
  [`${APP_GUID}:12`, { guid: APP_GUID, index: '12' }],
  [APP_GUID, undefined],
  [`${APP_GUID}:`, undefined],
  [`${APP_GUID}:-1`, undefined],
  [`${APP_GUID.toUpperCase().replace('1', 'A')}:1`, undefined],
  ['web:1', undefined],
  [` ${APP_GUID}:1`, undefined],
])('X-Cf-App-Instance %j', (value, expected) => {
  expect(parseAppInstance(value)).toEqual(expected);
});

const failure = (code: string, syscall?: string) =>
  Object.assign(new Error(`${code} é`), { code, ...(syscall !== undefined && { syscall }) });

test.each([
  [failure('ECONNREFUSED', 'connect'), 'dial tcp 127.0.0.1:80: connect: connection refused'],
  [failure('ETIMEDOUT', 'connect'), 'dial tcp 127.0.0.1:80: i/o timeout'],
  [failure('ECONNRESET', 'read'), 'read tcp 127.0.0.1:80: read: connection reset by peer'],
  [failure('ECONNRESET'), 'EOF'],
  [failure('EPIPE', 'write'), 'write tcp 127.0.0.1:80: write: broken pipe'],
  [
    failure('HPE_INVALID_CONSTANT'),
    'net/http: HTTP/1.x transport connection broken: malformed HTTP response',
  ],
  [failure('OTHER'), 'OTHER ?'],
])('%s in the words of Go', (error, expected) => {
  expect(describeFailure(error, endpointAt(80))).toBe(expected);
});

test.each([
  [{}, true],
  [{ ready: 'yes' }, false],
  [{ app: null }, false],
  [{ uris: 'a' }, false],
  [{ uris: [1] }, false],
  [{ instance: { guid: 'g', index: 0.5 } }, false],
  [{ address: { host: 'h', port: '80' } }, false],
])('an endpoint with %j: %s', (fields, expected) => {
  expect(isEndpoint({ ...endpointAt(80), ...fields })).toBe(expected);
});
