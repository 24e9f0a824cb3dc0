import { get } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 5;

/** Asks until the app has answered with 200; the time of that on `performance.now()`'s clock, undefined when `signal` fires. */
export async function firstAnswer(port, signal) {
  while (!signal.aborted) {
    if ((await ask(port, '/'))?.status === 200) return performance.now();
    await delay(PAUSE_MS);
  }
  return undefined;
}

/** A port that nobody listens on now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Status and body of `GET path`; undefined where nobody answers. */
export function ask(port, path) {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false, timeout: 2000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => (body += text));
      response.once('close', () => resolve({ status: response.statusCode, body }));
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(undefined));
  });
}
