import { chmodSync, cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixture } from './paths.ts';
import { replaceFile } from './replace-file.ts';
import type { Running } from './running.ts';
import { STAND_IN, type Workplace } from './workplace.ts';

/** The end of a redo, good or bad. */
export const REDONE = /from the change to the answer|FAILED \(/;

const SCRIPTS: Readonly<Record<string, string>> = {
  supply: `echo '-----> Supplying'
mkdir -p "$HOME/kept"
echo run >>"$HOME/kept/runs"
echo "runs: $(wc -l <"$HOME/kept/runs")"
cp "$(dirname "$0")/../built.txt" "$3/$4/built.txt" 2>/dev/null || true`,
  finalize: `echo '-----> Finalizing'
mkdir -p "$1/.profile.d"
echo 'export GREETING=one' >"$1/.profile.d/greeting.sh"`,
  release: `echo '--- {}'`,
};

/** An app and a buildpack to edit; the app answers /env/GREETING with what bin/finalize has said last. */
export class EditedPlace {
  readonly place: Workplace;

  constructor(place: Workplace) {
    this.place = place;
    cpSync(fixture('apps/hello-web'), join(place.root, 'app'), { recursive: true });
  }

  static async in(place: Workplace): Promise<EditedPlace> {
    for (const [name, text] of Object.entries(SCRIPTS)) {
      chmodSync(await place.write(`bp/bin/${name}`, `#!/usr/bin/env bash\n${text}\n`), 0o755);
    }
    return new EditedPlace(place);
  }

  args(...flags: readonly string[]): readonly string[] {
    return ['watch', this.place.app, ...STAND_IN, '-p', 'app', '-b', './bp', '-m', '64M', ...flags];
  }

  /** Starts a watch and waits until it watches. */
  async start(...flags: readonly string[]): Promise<Running> {
    const watch = this.place.start(this.args(...flags));
    await watch.says('Watching what');
    return watch;
  }

  /** Replaces a text in a file. */
  edit(path: string, from: string, to: string): void {
    const { root } = this.place;
    const file = join(root, path);
    replaceFile(file, readFileSync(file, 'utf8').replace(from, to), join(root, '.edited'));
  }
}

/** What the app answers. */
export async function greeting(url: string): Promise<string> {
  return await (await fetch(`${url}/env/GREETING`)).text();
}
