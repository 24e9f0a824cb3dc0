import { connectEngine } from '../../../src/engine/connect.ts';
import { runToEnd } from '../../../src/engine/run-to-end.ts';
import type { WatchSession } from '../../../src/app/watch-session.ts';
import type { Workplace } from './workplace.ts';

const engine = await connectEngine(process.env);

/**
 * One line a path: mode, owner, time of change, links, target, and of files the hash. The builder's own file is written
 * anew for each archive, and so has no time to compare.
 */
const LISTING = `cd /home/vcap && stat -c '%a %U' staging_info.yml && sha256sum staging_info.yml &&
  find app deps logs tmp profile.d -printf '%y %m %U:%G %T@ %n %l %p\\n' | sort -k7 &&
  find app deps profile.d -type f -exec sha256sum {} + | sort -k2`;

/** What is in the containers of a watched app. */
export class DockerContents {
  readonly #place: Workplace;
  readonly #session: WatchSession;

  constructor(place: Workplace, session: WatchSession) {
    this.#place = place;
    this.#session = session;
  }

  /** Of the first instance of web. */
  get containerId(): string {
    const web = this.#session.status().processes.find(({ type }) => type === 'web');
    return web?.instances[0]?.container?.id ?? '';
  }

  async ofApp(): Promise<string> {
    return await listing(this.containerId);
  }

  /** Of a container that has the droplet of the state folder as a whole. */
  async ofStoredDroplet(): Promise<string> {
    const before = new Set((await this.#place.containers()).map(({ id }) => id));
    const run = this.#place.start(['run-task', this.#place.app, '--command', 'echo it is there; sleep 60']);
    await run.says('it is there');
    const task = (await this.#place.containers()).find(
      ({ id, labels }) => !before.has(id) && labels['cfstage.role'] === 'task',
    );
    try {
      return await listing(task?.id ?? '');
    } finally {
      await run.end();
    }
  }
}

async function listing(id: string): Promise<string> {
  const spec = { argv: ['/bin/bash', '-c', LISTING], env: {}, user: 'root', workingDir: '/' };
  const { stdout } = await runToEnd(engine.container(id, 'listed'), spec, AbortSignal.timeout(30_000));
  return stdout.toString();
}
