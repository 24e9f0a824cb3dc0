import { systemErrorCode } from '../errors.ts';
import { hostPort, type Endpoint } from './endpoint.ts';

const DIAL: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
};

/** Whether no connection came about, so that nothing of the request can have arrived. */
export function isDialFailure(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'connect';
}

/** Whether the instance closed the connection without an answer, what Go calls EOF. */
export function isEndOfFile(error: unknown): boolean {
  return systemErrorCode(error) === 'ECONNRESET' && error instanceof Error && !('syscall' in error);
}

/** The failure in Go's words, as gorouter puts it into X-Cf-RouterError. */
export function describeFailure(error: unknown, { address }: Endpoint): string {
  const code = systemErrorCode(error) ?? '';
  const peer = hostPort(address.host, address.port);
  if (isDialFailure(error)) return `dial tcp ${peer}: ${DIAL[code] ?? code}`;
  if (isEndOfFile(error)) return 'EOF';
  if (code === 'ECONNRESET') return `read tcp ${peer}: read: connection reset by peer`;
  if (code === 'EPIPE') return `write tcp ${peer}: write: broken pipe`;
  if (code.startsWith('HPE_'))
    return 'net/http: HTTP/1.x transport connection broken: malformed HTTP response';
  return (error instanceof Error ? error.message : String(error)).replace(/[^\x20-\x7e]/g, '?');
}
