import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pushRequest } from '../../../src/app/request.ts';
import { openWatch, type WatchSession } from '../../../src/app/watch-session.ts';
import { openWorkbench } from '../../../src/app/workbench.ts';
import { emitTo } from '../../../src/logs/emitter.ts';
import { MemorySink } from '../../../src/logs/memory-sink.ts';
import { fixture } from './paths.ts';
import type { Workplace } from './workplace.ts';

const SUPPLY = `#!/usr/bin/env bash
set -euo pipefail
mkdir -p "$3/$4/files"
cp "$(dirname "$0")/../greeting" "$3/$4/files/greeting"
cp "$(dirname "$0")/../greeting" "$1/supplied"
echo '-----> Supplying'
`;

const FINALIZE = `#!/usr/bin/env bash
set -euo pipefail
mkdir -p "$1/made"
echo first > "$1/made/finalized"
ln "$1/made/finalized" "$1/made/also-finalized"
echo '-----> Finalizing'
`;

const RELEASE = `#!/usr/bin/env bash
echo 'default_process_types: { web: perl server.pl }'
`;

/** An app with two buildpacks in the test's folder, to be edited while it is watched. */
export class WatchedPlace {
  readonly memory = new MemorySink();
  readonly #place: Workplace;

  private constructor(place: Workplace) {
    this.#place = place;
  }

  static async make(place: Workplace): Promise<WatchedPlace> {
    const watched = new WatchedPlace(place);
    await cp(fixture('apps/serves-its-files'), watched.path('app'), { recursive: true });
    await watched.write('app/text', 'one');
    await watched.write('supplies/bin/supply', SUPPLY, 0o755);
    await watched.write('supplies/greeting', 'one');
    await watched.write('finalizes/bin/finalize', FINALIZE, 0o755);
    await watched.write('finalizes/bin/release', RELEASE, 0o755);
    await watched.manifest({});
    return watched;
  }

  path(...names: readonly string[]): string {
    return join(this.#place.root, ...names);
  }

  /** Writes a file as editors do, in place. */
  async write(path: string, text: string, mode = 0o644): Promise<void> {
    const file = this.path(path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    await chmod(file, mode);
  }

  /** Writes bin/finalize so that it leaves this text. */
  async finalize(text: string, more = ''): Promise<void> {
    await this.write('finalizes/bin/finalize', `${FINALIZE.replace('first', text)}${more}\n`, 0o755);
  }

  /** Writes the manifest with these keys of the app besides its name, path and buildpacks. */
  async manifest(keys: Readonly<Record<string, unknown>>): Promise<void> {
    const buildpacks = [this.path('supplies'), this.path('finalizes')];
    const app = { name: this.#place.app, path: this.path('app'), buildpacks, ...keys };
    await this.write('manifest.yml', JSON.stringify({ applications: [app] }));
  }

  async open(given: Partial<Parameters<typeof openWatch>[0]> = {}): Promise<WatchSession> {
    const { home, root } = this.#place;
    const workbench = await openWorkbench(process.env, home, emitTo([this.memory]));
    const request = {
      ...pushRequest({ cwd: root, stackPolicy: 'stand-in' }),
      recordChanges: false,
      keepSnapshots: false,
      persist: [],
      ...given,
    };
    return await openWatch(request, workbench, new AbortController().signal);
  }

  /** Which phases have run since the last call. */
  phases(): readonly string[] {
    const ran = this.memory.events.flatMap((event) => (event.type === 'phase-started' ? [event.phase] : []));
    const since = ran.slice(this.#seenPhases);
    this.#seenPhases = ran.length;
    return since;
  }

  #seenPhases = 0;
}

/** What the app answers. */
export async function answerOf(session: WatchSession, path: string): Promise<string> {
  return await (await fetch(`${session.url}/${path}`)).text();
}

/** A change, as a watcher would tell of it. */
export async function applied(session: WatchSession) {
  return await session.apply({ paths: [] }, new AbortController().signal);
}
