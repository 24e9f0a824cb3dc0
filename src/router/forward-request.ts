import type { Agent, ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { createProxyServer } from 'httpxy';
import { answerWith } from './answer.ts';
import { describeFailure, isDialFailure, isEndOfFile } from './backend-failure.ts';
import { agentOf, dialFirst, MAX_ATTEMPTS } from './dial.ts';
import type { Endpoint } from './endpoint.ts';
import type { Exchange } from './exchange.ts';
import { HOP_BY_HOP } from './gorouter-headers.ts';
import { endpointFailure, REQUEST_CANCELLED } from './router-errors.ts';

/** Source: routing-release gorouter spec, request_timeout_in_seconds. */
const RESPONSE_TIMEOUT_MS = 900_000;

/** Why an instance did not answer. */
interface Failure {
  readonly error: unknown;
  /** It was sent on a connection that had served before, which the instance may just have closed. */
  readonly onOldConnection: boolean;
}

/**
 * Asks the instances in turn until one answers, and streams its answer. The next one is asked only when nothing can
 * have been done with the request. Resolves when the response is complete or broken off; never rejects.
 */
export async function forwardRequest(
  exchange: Exchange,
  response: ServerResponse,
  turn: readonly [Endpoint, ...Endpoint[]],
  agent: Agent,
): Promise<void> {
  const failure = exchange.isRepeatable
    ? await sendRepeatable(exchange, response, turn, agent)
    : await sendOnce(exchange, response, turn);
  if (response.headersSent) return;
  exchange.failedToConnect = failure !== undefined;
  conclude(exchange, response, failure ?? 'EOF');
}

async function sendRepeatable(
  exchange: Exchange,
  response: ServerResponse,
  turn: readonly Endpoint[],
  agent: Agent,
): Promise<string | undefined> {
  let failure: string | undefined;
  for (const endpoint of turn.slice(0, MAX_ATTEMPTS)) {
    let failed = await attempt(exchange, response, endpoint, agent);
    if (failed?.onOldConnection === true) failed = await attempt(exchange, response, endpoint, false);
    if (failed === undefined || response.headersSent || response.destroyed) return undefined;
    failure = describeFailure(failed.error, endpoint);
    if (!isDialFailure(failed.error) && !isEndOfFile(failed.error)) break;
  }
  return failure;
}

/** On a connection of its own, which the instance cannot just have closed, and not begun before that is there. */
async function sendOnce(
  exchange: Exchange,
  response: ServerResponse,
  turn: readonly [Endpoint, ...Endpoint[]],
): Promise<string | undefined> {
  const dialled = await dialFirst(turn);
  if ('failure' in dialled) {
    exchange.requestTo(dialled.endpoint);
    return dialled.failure;
  }
  const { endpoint, connection } = dialled;
  if (response.destroyed) {
    exchange.requestTo(endpoint);
    connection.destroy();
    return undefined;
  }
  const failed = await attempt(exchange, response, endpoint, agentOf(connection));
  return failed && describeFailure(failed.error, endpoint);
}

function conclude(exchange: Exchange, response: ServerResponse, failure: string): void {
  if (response.destroyed) {
    Object.assign(exchange, REQUEST_CANCELLED);
    return;
  }
  const error = endpointFailure(failure);
  exchange.status = error.status;
  exchange.routerError = error.headers['X-Cf-Routererror'];
  exchange.responseBytes = Buffer.byteLength(error.body);
  answerWith(response, error);
}

async function attempt(
  exchange: Exchange,
  response: ServerResponse,
  endpoint: Endpoint,
  agent: Agent | false,
): Promise<Failure | undefined> {
  const proxy = createProxyServer();
  let sent: ClientRequest | undefined;
  proxy.on('proxyReq', (outgoing) => {
    sent = outgoing;
    outgoing.once('pipe', (body) =>
      body.on('data', (chunk: Buffer) => (exchange.requestBytes += chunk.length)),
    );
  });
  proxy.on('proxyRes', (incoming) => prepareResponse(exchange, incoming));
  try {
    await proxy.web(exchange.requestTo(endpoint), response, {
      target: { protocol: 'http:', ...endpoint.address },
      agent,
      preserveHeaderKeyCase: true,
      proxyTimeout: RESPONSE_TIMEOUT_MS,
    });
    return undefined;
  } catch (error) {
    return { error, onOldConnection: sent?.reusedSocket === true };
  }
}

/** Notes what comes and takes out of it what was meant for the router only. */
function prepareResponse(exchange: Exchange, incoming: IncomingMessage): void {
  exchange.status = incoming.statusCode ?? 0;
  incoming.on('data', (chunk: Buffer) => (exchange.responseBytes += chunk.length));
  for (const name of HOP_BY_HOP) Reflect.deleteProperty(incoming.headers, name);
  if (exchange.closesConnection) incoming.headers.connection = 'close';
  incoming.headers['x-vcap-request-id'] ??= exchange.headers['x-vcap-request-id'];
}
