import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

export const DEFAULT_SOCKET = '/var/run/docker.sock';

/**
 * Where an engine may be, in the order the docker command looks, then Podman. Each is `{ from, socketPath }` or
 * `{ from, host, port, tls }`; `tls` holds the texts of ca, cert and key.
 */
export function engineAddresses(env = process.env) {
  if (env['DOCKER_HOST']) return [addressOf(env['DOCKER_HOST'], 'DOCKER_HOST', tlsFromEnv(env))];
  return [
    contextAddress(env),
    { from: 'the default socket', socketPath: DEFAULT_SOCKET },
    ...podmanSockets(env).map((socketPath) => ({ from: "Podman's socket", socketPath })),
  ].filter((address) => address !== undefined);
}

/** Reads an endpoint such as `unix:///run/docker.sock` or `tcp://host:2375`; unusable ones keep only their text. */
export function addressOf(endpoint, from, tls) {
  const unix = /^unix:\/\/(.+)$/.exec(endpoint);
  if (unix) return { from, endpoint, socketPath: unix[1] };
  const tcp = /^(tcp|https?):\/\/(\[[^\]]+\]|[^/:]+)(?::(\d+))?\/?$/.exec(endpoint);
  if (!tcp) return { from, endpoint };
  const secure = tls !== undefined || tcp[1] === 'https';
  const host = tcp[2].replace(/^\[|\]$/g, '');
  return {
    from,
    endpoint,
    host,
    port: Number(tcp[3] ?? (secure ? 2376 : 2375)),
    tls: secure ? (tls ?? {}) : undefined,
  };
}

function tlsFromEnv(env) {
  if (!env['DOCKER_TLS_VERIFY']) return undefined;
  return tlsFiles(env['DOCKER_CERT_PATH'] || dockerConfig(env));
}

function tlsFiles(directory) {
  const text = (name) => readText(path.join(directory, name));
  const files = { ca: text('ca.pem'), cert: text('cert.pem'), key: text('key.pem') };
  return files.ca || files.cert ? files : undefined;
}

/** The current docker context lives in files named by the SHA-256 of its name. */
function contextAddress(env) {
  const name = env['DOCKER_CONTEXT'] || readJson(path.join(dockerConfig(env), 'config.json'))?.currentContext;
  if (!name || name === 'default') return undefined;
  const id = createHash('sha256').update(name).digest('hex');
  const contexts = path.join(dockerConfig(env), 'contexts');
  const endpoint = readJson(path.join(contexts, 'meta', id, 'meta.json'))?.Endpoints?.docker?.Host;
  const tls = tlsFiles(path.join(contexts, 'tls', id, 'docker'));
  return endpoint ? addressOf(endpoint, `the docker context "${name}"`, tls) : undefined;
}

function podmanSockets(env) {
  const user = env['XDG_RUNTIME_DIR'] && path.join(env['XDG_RUNTIME_DIR'], 'podman/podman.sock');
  return [user, '/run/podman/podman.sock'].filter(Boolean);
}

function dockerConfig(env) {
  return env['DOCKER_CONFIG'] || path.join(env['HOME'] || homedir(), '.docker');
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
