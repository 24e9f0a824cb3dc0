import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { execa } from 'execa';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';
import { engineDialler } from './dial-engine.ts';
import type { Workplace } from './workplace.ts';

/** What a host has of Docker's command. */
export type Docker = 'present' | 'absent' | 'without engine';

/** One key in some two hundred of the library's is one that it cannot read itself. */
function newKey(): ReturnType<typeof ssh2.utils.generateKeyPairSync> {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    const parsed = [pair.private, pair.public].map((key) => ssh2.utils.parseKey(key));
    if (parsed.every((key) => !(key instanceof Error))) return pair;
  }
}

/**
 * A host that has the engine, behind an ssh server of the test's own at a free port. It is a library's: installing
 * sshd would open the machine to everybody. What logs in is the machine's ssh, with a configuration of the test's own.
 */
export class SshHost implements AsyncDisposable {
  /** Finds the test's ssh, which knows the host as `engine`. */
  readonly env: { readonly PATH: string; readonly DOCKER_HOST: string };
  /** What the host was asked to run. */
  readonly commands = new Set<string>();
  readonly #server: ssh2.Server;
  readonly #configFile: string;
  readonly #connections = new Set<Connection>();

  private constructor(server: ssh2.Server, folder: string) {
    this.#server = server;
    this.#configFile = join(folder, 'config');
    this.env = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, DOCKER_HOST: 'ssh://engine' };
  }

  /** Opens it to one key. The host `stranger` is the same to somebody with another key, `unknown` to one who was never there. */
  static async open(place: Workplace, docker: Docker = 'present'): Promise<SshHost> {
    const [hostKey, userKey, otherKey] = [newKey(), newKey(), newKey()];
    const server = new ssh2.Server({ hostKeys: [hostKey.private] });
    const host = new SshHost(server, join(place.root, 'ssh'));
    const engine = await engineDialler();
    const run = (command: string, channel: ServerChannel): void => {
      host.commands.add(command);
      if (docker === 'present' && command.endsWith('system dial-stdio')) {
        dialStdio(channel, engine());
        return;
      }
      const words =
        docker === 'absent'
          ? 'bash: line 1: docker: command not found'
          : 'Cannot connect to the Docker daemon';
      channel.stderr.write(`${words}\n`);
      channel.exit(docker === 'absent' ? 127 : 1);
      channel.end();
    };
    server.on('connection', (connection: Connection) => host.#serve(connection, userKey.public, run));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const key = await place.write('ssh/key', userKey.private);
    const stranger = await place.write('ssh/stranger', otherKey.private);
    await Promise.all([key, stranger].map((file) => chmod(file, 0o600)));
    const known = await place.write('ssh/known_hosts', `[127.0.0.1]:${port} ${hostKey.public}\n`);
    await place.write(
      'ssh/config',
      [
        `Host engine unknown\n  IdentityFile ${key}`,
        `Host stranger\n  IdentityFile ${stranger}`,
        `Host unknown\n  UserKnownHostsFile /dev/null`,
        `Host *\n  HostName 127.0.0.1\n  Port ${port}\n  User tester`,
        `  UserKnownHostsFile ${known}\n  GlobalKnownHostsFile /dev/null\n  StrictHostKeyChecking yes`,
        '  IdentitiesOnly yes\n  IdentityAgent none\n',
      ].join('\n'),
    );
    const { stdout: ssh } = await execa('sh', ['-c', 'command -v ssh']);
    await chmod(await place.write('ssh/ssh', `#!/bin/sh\nexec ${ssh} -F ${host.#configFile} "$@"\n`), 0o755);
    return host;
  }

  /** How many are logged in. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Command lines of the ssh processes that the test's cfstage has started and that are still there. */
  async processes(): Promise<readonly string[]> {
    const { stdout } = await execa('pgrep', ['-af', '--', `-F ${this.#configFile}`], { reject: false });
    return stdout.split('\n').filter((line) => line !== '');
  }

  /** Breaks all connections and takes no new ones. */
  async cut(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const connection of this.#connections) connection.end();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.address() !== null) await this.cut();
  }

  #serve(
    connection: Connection,
    publicKey: string,
    run: (command: string, channel: ServerChannel) => void,
  ): void {
    const allowed = ssh2.utils.parseKey(publicKey);
    if (allowed instanceof Error) throw allowed;
    this.#connections.add(connection);
    connection.once('close', () => this.#connections.delete(connection));
    // What a client does that goes away in the middle is no concern of the host.
    connection.on('error', () => undefined);
    connection.on('authentication', (attempt) => {
      const isTheirs =
        attempt.method === 'publickey' &&
        attempt.key.data.equals(allowed.getPublicSSH()) &&
        (attempt.signature === undefined ||
          allowed.verify(attempt.blob ?? Buffer.alloc(0), attempt.signature, attempt.hashAlgo));
      if (isTheirs) attempt.accept();
      else attempt.reject(['publickey']);
    });
    connection.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => run(command, acceptExec()));
    });
  }
}

/** What `docker system dial-stdio` does: it ends when the engine does, whoever still has something to say. */
function dialStdio(channel: ServerChannel, engine: Socket): void {
  pipeline(channel, engine, () => undefined);
  engine.pipe(channel, { end: false });
  engine.once('end', () => {
    channel.exit(0);
    channel.end();
  });
  channel.once('close', () => engine.destroy());
}
