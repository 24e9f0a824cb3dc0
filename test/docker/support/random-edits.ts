import { chmod, lstat, readdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RedoLab } from './redo-lab.ts';

/** Numbers from 0 to 1 that are the same for a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const NAMES = ['app.txt', 'lib', 'public', 'one.rb', 'with space', 'line\nbreak', 'ünïcode', 'deep'];
const SWITCHES = ['refuse-supply', 'refuse-finalize', 'daemon'];
const MODES = [0o644, 0o755, 0o600, 0o444, 0o777];
const OWN_FILES = [
  ['leaves-odd-files', 'bin/supply'],
  ['leaves-odd-files', 'lib/tool'],
  ['changes-itself', 'bin/supply'],
  ['changes-itself', 'lib/state'],
  ['undoes-its-supply', 'bin/supply'],
  ['undoes-its-supply', 'bin/finalize'],
  ['undoes-its-supply', 'bin/finalize'],
  ['undoes-its-supply', 'bin/release'],
  ['undoes-its-supply', 'lib/settings'],
  ['undoes-its-supply', 'lib/only-finalize'],
  ['undoes-its-supply', 'lib/command'],
] as const;

/** Changes something of a lab by chance. Resolves with what, in words. */
export class RandomEdits {
  readonly #lab: RedoLab;
  readonly #random: () => number;
  #count = 0;

  constructor(lab: RedoLab, random: () => number) {
    this.#lab = lab;
    this.#random = random;
  }

  async edit(): Promise<string> {
    this.#count += 1;
    const edits = [
      () => this.#writeBit(),
      () => this.#writeBit(),
      () => this.#removeBit(),
      () => this.#chmodBit(),
      () => this.#linkBit(),
      () => this.#editBuildpack(),
      () => this.#editBuildpack(),
      () => this.#editBuildpack(),
      () => this.#editBuildpack(),
      () => this.#addToBuildpack(),
      () => this.#chmodInBuildpack(),
      () => this.#turnSwitch(),
      () => this.#setVariable(),
    ];
    return await this.#pick(edits)();
  }

  async #writeBit(): Promise<string> {
    const names = Array.from({ length: 1 + Math.floor(this.#random() * 3) }, () => this.#pick(NAMES));
    const path = names.join('/');
    // Whatever file or link is in the way of its directories goes.
    for (let i = 1; i < names.length; i++) await this.#clear(names.slice(0, i).join('/'), 'directory');
    await this.#clear(path, 'file');
    await this.#lab.write(join('app', path), `${this.#count}\n`.repeat(Math.floor(this.#random() * 50)));
    return `write ${path}`;
  }

  async #removeBit(): Promise<string> {
    const path = this.#pick(await this.#bits());
    // An app without any file cannot be pushed.
    if (path === 'keep') return 'nothing';
    await this.#lab.remove(join('app', path));
    return `remove ${path}`;
  }

  async #chmodBit(): Promise<string> {
    const path = this.#pick(await this.#bits());
    const mode = this.#pick(MODES);
    const stats = await lstat(this.#lab.path('app', path));
    if (!stats.isFile()) return 'nothing';
    await chmod(this.#lab.path('app', path), mode);
    return `chmod ${mode.toString(8)} ${path}`;
  }

  async #linkBit(): Promise<string> {
    const name = this.#pick(NAMES);
    await this.#clear(name, 'link');
    const target = this.#pick(['lib', 'public/index.html', '/etc/passwd', 'nowhere']);
    await symlink(target, this.#lab.path('app', name));
    return `link ${name} to ${target}`;
  }

  async #editBuildpack(): Promise<string> {
    const [key, file] = this.#pick(OWN_FILES);
    const [first = ''] = file.split('/');
    const line = first === 'bin' ? `# ${this.#count}\n` : `${this.#count}\n`;
    await this.#lab.edit(join(key, file), (text) => (first === 'bin' ? `${text}${line}` : line));
    return `edit ${key} ${file}`;
  }

  async #addToBuildpack(): Promise<string> {
    const key = this.#pick(['leaves-odd-files', 'changes-itself', 'undoes-its-supply']);
    const path = join(key, 'extra', this.#pick(NAMES));
    const there = await lstat(this.#lab.path(path)).catch(() => undefined);
    if (there === undefined) await this.#lab.write(path, `${this.#count}\n`);
    else await this.#lab.remove(path);
    return `${there === undefined ? 'add' : 'remove'} ${path}`;
  }

  async #chmodInBuildpack(): Promise<string> {
    const [key, file] = this.#pick(OWN_FILES);
    const mode = file.startsWith('bin/')
      ? this.#pick([0o755, 0o755, 0o775, 0o644])
      : this.#pick([0o644, 0o664]);
    await chmod(this.#lab.path(key, file), mode);
    return `chmod ${mode.toString(8)} ${key} ${file}`;
  }

  async #turnSwitch(): Promise<string> {
    const name = this.#pick(SWITCHES);
    const there = await lstat(this.#lab.path('app', name)).catch(() => undefined);
    if (there === undefined) await this.#lab.write(join('app', name), '');
    else await this.#lab.remove(join('app', name));
    return `${name} ${there === undefined ? 'on' : 'off'}`;
  }

  #setVariable(): Promise<string> {
    this.#lab.env = { SETTING: String(this.#count) };
    return Promise.resolve(`SETTING=${this.#count}`);
  }

  async #clear(path: string, wanted: 'directory' | 'file' | 'link'): Promise<void> {
    const stats = await lstat(this.#lab.path('app', path)).catch(() => undefined);
    if (stats === undefined || (wanted === 'directory' && stats.isDirectory())) return;
    await this.#lab.remove(join('app', path));
  }

  /** Files, links and directories of the app. */
  async #bits(): Promise<string[]> {
    const root = this.#lab.path('app');
    const found = await readdir(root, { recursive: true, withFileTypes: true });
    return found
      .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
      .filter((path) => dirname(path) !== '..')
      .sort();
  }

  #pick<T>(from: readonly T[]): T {
    const picked = from[Math.floor(this.#random() * from.length)];
    if (picked === undefined) throw new Error('There is nothing to pick from');
    return picked;
  }
}
