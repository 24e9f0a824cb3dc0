import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import Docker from 'dockerode';
import { execa } from 'execa';
import { makeTempDir, type TempDir } from '../../../src/host/temp-dir.ts';

const START_DEADLINE_MS = 30_000;

/** A Docker engine of the test's own, on a small disk of its own, without any network. */
export class PrivateEngine implements AsyncDisposable {
  readonly host: string;
  readonly #folder: TempDir;
  readonly #docker: Docker;
  #daemon: ReturnType<typeof runDaemon> | undefined;

  private constructor(folder: TempDir) {
    this.#folder = folder;
    this.host = `unix://${join(folder.path, 'docker.sock')}`;
    this.#docker = new Docker({ socketPath: join(folder.path, 'docker.sock') });
  }

  /** Makes the disk, starts the engine and gives it one image of the machine's own engine, or none. */
  static async start(diskMb: number, image?: string): Promise<PrivateEngine> {
    const folder = await makeTempDir('private-engine');
    const engine = new PrivateEngine(folder);
    try {
      const disk = join(folder.path, 'disk.img');
      await writeFile(disk, '');
      await execa('truncate', ['-s', `${diskMb}M`, disk]);
      await execa('mkfs.ext4', ['-q', disk]);
      await mkdir(engine.#root);
      await execa('mount', ['-o', 'loop', disk, engine.#root]);
      await engine.#startDaemon();
      if (image === undefined) return engine;
      await engine.#docker
        .loadImage((await new Docker().getImage(image).get()) as unknown as string)
        .then(drain);
      return engine;
    } catch (error) {
      await engine[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #startDaemon(): Promise<void> {
    this.#daemon = runDaemon(this.host, this.#folder.path);
    const deadline = performance.now() + START_DEADLINE_MS;
    while (!(await this.#answers())) {
      if (performance.now() > deadline) throw new Error('The private engine does not answer');
      await delay(50);
    }
  }

  /** SIGKILL is as a power cut would: nothing is stopped first. SIGTERM ends the containers, as a restart of it does. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#daemon?.kill(signal);
    await this.#daemon;
    await this.#killOrphans();
  }

  /** Starts it again after its end, with all that is on its disk. */
  async startAgain(): Promise<void> {
    // The engine takes a containerd for alive that was killed and that nobody has taken away.
    await rm(join(this.#folder.path, 'exec/containerd/containerd.pid'), { force: true });
    await this.#startDaemon();
  }

  async containers(): Promise<readonly string[]> {
    const found = await this.#docker.listContainers({ all: true });
    return found.map(({ Names }) => Names.join());
  }

  /** Those that cfstage has made. */
  async networks(): Promise<readonly string[]> {
    const found = await this.#docker.listNetworks({ filters: { label: ['cfstage'] } });
    return found.map(({ Name }) => Name);
  }

  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#root);
    return bavail * bsize;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#daemon?.kill('SIGTERM');
    await this.#daemon;
    await this.#killOrphans();
    await execa('umount', ['-l', this.#root], { reject: false });
    await this.#folder[Symbol.asyncDispose]();
  }

  /** containerd, its shims and what runs in the containers outlive a daemon that is killed. */
  async #killOrphans(): Promise<void> {
    const pids = async (...args: string[]) =>
      (await execa('pgrep', args, { reject: false })).stdout.split('\n').filter((pid) => pid !== '');
    const ours = await pids('-f', join(this.#folder.path, 'exec'));
    const inside = await Promise.all(ours.map((pid) => pids('-P', pid)));
    for (const pid of [...inside.flat(), ...ours]) {
      try {
        process.kill(Number(pid), 'SIGKILL');
      } catch {
        // Gone by itself meanwhile.
      }
    }
  }

  get #root(): string {
    return join(this.#folder.path, 'root');
  }

  async #answers(): Promise<boolean> {
    return await this.#docker.ping().then(
      () => true,
      () => false,
    );
  }
}

function runDaemon(host: string, folder: string) {
  return execa(
    // A network of its own: an engine that is to have no bridge removes the one that it finds, docker0 of the machine's.
    'unshare',
    [
      // Published ports need its loopback.
      ...['--net', 'sh', '-c', 'ip link set lo up && exec dockerd "$@"', 'dockerd'],
      ...['-H', host, '--data-root', join(folder, 'root'), '--exec-root', join(folder, 'exec')],
      ...['--pidfile', join(folder, 'pid'), '--bridge', 'none', '--iptables=false'],
    ],
    { reject: false, stdio: 'ignore' },
  );
}

async function drain(stream: NodeJS.ReadableStream): Promise<void> {
  await finished(stream.resume());
}
