import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { CfstageError, orInterrupted } from '../errors.ts';
import { RELAY_CONTROL, RELAY_DATA, RELAY_SCRIPT } from '../lifecycle/relay-script.ts';
import type { Cell } from './cell.ts';
import { createOwnedContainer } from './create-owned.ts';
import { publishAddress } from './publish-address.ts';
import { startHelper } from './start-helper.ts';

/** Where this process connects to the relay; clients have another port. */
const FAR_PORT = 3129;

/** A port on the engine's networks whose connections come to this process. */
export interface RelaySpec {
  readonly name: string;
  /** Of the app that it works for. */
  readonly app: string;
  readonly image: string;
  readonly platform?: string;
  readonly networks: readonly [string, ...string[]];
  /** By which clients find it. */
  readonly host: string;
  readonly port: number;
}

/**
 * Takes connections on networks of the engine for this process, which listens nowhere: a helper waits for clients, and
 * this process connects to the helper once for each. So it is the same with an engine elsewhere, in a virtual machine,
 * and on a network without a way out. Disposing ends all connections and removes the helper.
 */
export async function openRelay(
  cell: Cell,
  { name, app, image, platform, networks, host, port }: RelaySpec,
  accept: (client: Socket) => void,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  const token = randomBytes(16).toString('hex');
  const helper = await createOwnedContainer(
    cell,
    {
      name,
      image,
      ...(platform === undefined ? {} : { platform }),
      argv: ['perl', '-e', RELAY_SCRIPT, String(port), String(FAR_PORT), token],
      place: {
        networks,
        aliases: [host],
        publish: [{ containerPort: FAR_PORT, hostPort: 0, hostAddress: publishAddress(cell.engine) }],
      },
    },
    { app, role: 'helper' },
    signal,
  );
  try {
    await startHelper(helper, signal);
    const far = {
      host: cell.engine.host.replace(/^\[(.*)\]$/, '$1'),
      port: (await orInterrupted(helper.inspect(), signal)).ports.get(FAR_PORT) ?? 0,
    };
    const calls = await RelayCalls.open(far, token, accept, signal);
    return {
      async [Symbol.asyncDispose]() {
        calls[Symbol.dispose]();
        await helper.remove();
      },
    };
  } catch (error) {
    await helper.remove();
    throw error;
  }
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** The connections of this process to a relay. */
class RelayCalls implements Disposable {
  readonly #address: Address;
  readonly #token: string;
  readonly #open = new Set<Socket>();
  #isDisposed = false;

  static async open(
    address: Address,
    token: string,
    accept: (client: Socket) => void,
    signal: AbortSignal,
  ): Promise<RelayCalls> {
    const calls = new RelayCalls(address, token);
    try {
      const control = calls.#dial(RELAY_CONTROL);
      control.on('data', (clients: Buffer) => {
        for (let i = 0; i < clients.length; i += 1) calls.#take(accept);
      });
      await orInterrupted(once(control, 'connect'), signal);
      return calls;
    } catch (error) {
      calls[Symbol.dispose]();
      if (error instanceof CfstageError) throw error;
      throw new CfstageError(
        'ENGINE_FAILED',
        `The relay on port ${address.port} of ${address.host} cannot be reached`,
        {
          hint: 'A firewall may be between this machine and the ports that the engine publishes. Run without a proxy.',
          cause: error,
        },
      );
    }
  }

  private constructor(address: Address, token: string) {
    this.#address = address;
    this.#token = token;
  }

  #take(accept: (client: Socket) => void): void {
    if (this.#isDisposed) return;
    const client = this.#dial(RELAY_DATA);
    client.once('connect', () => accept(client));
  }

  #dial(kind: string): Socket {
    const socket = connect({ ...this.#address, allowHalfOpen: true });
    this.#open.add(socket);
    socket.setNoDelay(true);
    socket.write(`${this.#token}${kind}`);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#open.delete(socket));
    return socket;
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const socket of this.#open) socket.destroy();
  }
}
