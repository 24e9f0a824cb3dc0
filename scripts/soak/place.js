import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../setup/root.js';
import { SetupError } from '../setup/say.js';
import { Leftovers } from './leftovers.js';
import { startTool } from './tool.js';

const FIXTURES = path.join(ROOT, 'fixtures');
/** A command that takes longer hangs. */
const PATIENCE_MS = 180_000;

/** Where the buildpacks of the small sample are. */
const LOCAL_BUILDPACKS = [
  localBuildpack('https://git.example.com/config-server-buildpack.git', 'config-server-http-buildpack'),
  localBuildpack('ruby_buildpack', 'ruby_buildpack'),
].flat();

/** A state folder and a temporary folder; `close` removes them and all that a soak has made on the engine. */
export async function openPlace(name, stacks) {
  const folder = mkdtempSync(path.join(tmpdir(), `cfstage-soak-${name}-`));
  const [home, temp] = [path.join(folder, 'home'), path.join(folder, 'temp')];
  mkdirSync(temp);
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, interrupt);
  const { signal } = interrupted;
  const policy = stacks['cflinuxfs3'] === 'stand-in' ? 'stand-in' : 'present';
  const leftovers = await Leftovers.open({ home, temp });
  const start = (args, env) => startTool(args, { CFSTAGE_HOME: home, TMPDIR: temp, ...env }, signal);
  return {
    folder,
    home,
    signal,
    leftovers,
    /** Flags of every command that makes a container of the sample. */
    stack: ['--stack-policy', policy],
    /** Pushes or stages the small sample. */
    sample: (command, ...flags) => [
      ...[command, 'rubyapp', '--manifest', path.join(FIXTURES, 'apps/rubyapp/manifest.yml')],
      ...[...LOCAL_BUILDPACKS, '--stack-policy', policy, ...flags],
    ],
    localBuildpacks: LOCAL_BUILDPACKS,
    start,
    /** Runs a command to its end and resolves with what it said last; any other exit code than 0 is an error. */
    run: async (...args) => {
      const { child, said, ended } = start(args);
      const timer = setTimeout(() => child.kill('SIGTERM'), PATIENCE_MS);
      const code = await ended.finally(() => clearTimeout(timer));
      signal.throwIfAborted();
      if (code !== 0) throw new SetupError(`cfstage ${args.join(' ')} ended with ${code}:\n${said()}`);
      return said();
    },
    close: async () => {
      for (const signal of signals) process.off(signal, interrupt);
      await leftovers.remove(name, 'an interruption');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function localBuildpack(name, folder) {
  return ['--local-buildpack', `${name}=${path.join(FIXTURES, 'buildpacks', folder)}`];
}
