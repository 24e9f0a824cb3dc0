import { get, type IncomingHttpHeaders } from 'node:http';
import type { Running } from './running.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

/** A request to the router on a connection of its own; the name goes into the header only and has not to be resolved. */
export function ask(
  port: string,
  host: string,
  path = '/',
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', path, headers: { ...headers, host }, agent: false };
    get(options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
      );
      response.on('error', reject);
    }).on('error', reject);
  });
}

/** The router's port, once the app of that push has started. */
export async function routerPort(push: Running): Promise<string> {
  const [, port = ''] = await push.says(/^routes:\s+http:\/\/[^:\s]+:(\d+)/m);
  return port;
}
