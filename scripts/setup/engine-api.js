import http from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream/promises';

/** Asks the engine; `body` is a stream to upload. Resolves with status and text, rejects when nobody answers. */
export async function ask(address, method, path, { body, timeout = 5000, headers } = {}) {
  const { socketPath, host, port, tls } = address;
  const where = socketPath ? { socketPath } : { host, port, ...tls };
  const request = (tls ? https : http).request({ ...where, method, path, headers, timeout });
  const answered = new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
    request.once('timeout', () =>
      request.destroy(new Error(`no answer to ${method} ${path} in ${timeout} ms`)),
    );
  });
  // An engine that refuses an upload answers before it has read all of it; the answer is what counts.
  if (body) pipeline(body, request).catch(() => undefined);
  else request.end();
  const response = await answered;
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode, text };
}

/** Whether an engine answers here. */
export async function answers(address) {
  if (!address.socketPath && !address.host) return false;
  try {
    return (await ask(address, 'GET', '/_ping')).status === 200;
  } catch {
    return false;
  }
}
