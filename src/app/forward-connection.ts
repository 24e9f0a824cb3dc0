import { once } from 'node:events';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Emit } from '../logs/event.ts';
import type { Address } from './forward-spec.ts';
import { readLine } from './read-line.ts';
import type { KeptProcess, SshConnection } from './ssh-connection.ts';

/**
 * How long the other end may be silent to a client that says no more. It may have closed or wait for an answer, which
 * looks the same from here. Source: Linux, tcp_fin_timeout, which decides the same for a closed connection.
 */
const HALF_OPEN_MS = 60_000;

/**
 * Carries one accepted connection to an address as the container sees it, until either end is through. A client that says
 * no more still gets what the other end has to say. Never raises; a connection refused in there is told as cf does.
 * Source of the words: cli util/clissh/ssh.go, handleForwardConnection.
 */
export async function forwardConnection(
  client: Socket,
  target: Address,
  connection: SshConnection,
  emit: Emit,
): Promise<void> {
  client.on('error', () => undefined);
  let process: KeptProcess | undefined;
  try {
    process = await connection.start(['forward', target.host, String(target.port)], false);
    if (client.destroyed) return;
    const closed = once(client, 'close').then(() => 'closed' as const);
    const answer = await Promise.race([readLine(process.stdout), closed]);
    if (answer === 'open') await relay(client, process);
    else if (answer === undefined) await emit(refusal(target, await text(process.stderr)));
  } catch {
    // The instance is gone, which the connection says, or one of the two ends went away.
  } finally {
    process?.hangUp();
    process?.close();
    if (!client.writableFinished) client.destroy();
  }
}

async function relay(client: Socket, process: KeptProcess): Promise<void> {
  process.stderr.resume();
  // Not a pipeline: that would take the client down with the input of a process that has ended, and what it said is
  // still on its way to the client.
  client.pipe(process.stdin);
  client.once('end', () => client.setTimeout(HALF_OPEN_MS, () => client.destroy()));
  await pipeline(process.stdout, client);
  client.unpipe();
  // A client closes when it has read the end. What it sends until then has no reader.
  client.resume();
}

function refusal({ host, port }: Address, said: string): Parameters<Emit>[0] {
  const [, reason = 'it was closed'] = /^\S+: (?:connect: |line \d+: )?(.*)$/m.exec(said) ?? [];
  return { type: 'notice', message: `connect to ${host}:${port} failed: ${reason}` };
}
