import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { readTar } from '../archive/read-tar.ts';
import type { Container } from '../engine/engine.ts';
import { runToEnd } from '../engine/run-to-end.ts';
import { COLLECT_FAILURES, COLLECT_SCRIPT } from '../lifecycle/collect-script.ts';
import { BUILD_DIR, CACHE_DIR, VCAP } from '../lifecycle/container-paths.ts';
import type { StagingFailure } from '../lifecycle/staging-failure.ts';

/** The small files that decide what was built, by path: `deps/0/launch.yml`, `deps/0/config.yml`, `Procfile`. */
export interface Collected {
  readonly files: ReadonlyMap<string, string>;
  readonly failure: StagingFailure | undefined;
  /** Lines that `cp` wrote to stderr on its way to failing. */
  readonly stderr: readonly string[];
}

const PROCFILE_IS_A_DIRECTORY: StagingFailure = {
  kind: 'UnreadableProcfile',
  detail: `read ${BUILD_DIR}/Procfile: is a directory`,
};

/** Collects them; with `pack` the build directory becomes part of the contents directory. */
export async function collect(
  container: Container,
  contentsDir: string,
  mode: 'pack' | 'peek',
  signal: AbortSignal,
): Promise<Collected> {
  const { exitCode, stdout, stderr } = await runToEnd(
    container,
    {
      argv: ['/bin/bash', '-c', COLLECT_SCRIPT, 'collect', contentsDir, BUILD_DIR, CACHE_DIR, mode],
      env: {},
      user: VCAP.name,
      workingDir: VCAP.home,
    },
    signal,
  );
  const files = new Map<string, string>();
  let unreadable: StagingFailure | undefined;
  if (exitCode === 0) {
    for await (const member of readTar(Readable.from([stdout], { objectMode: false }), signal)) {
      if (member.path === 'Procfile' && member.type === 'directory') unreadable = PROCFILE_IS_A_DIRECTORY;
      if (member.type !== 'file') continue;
      const content = member.open();
      files.set(member.path, (Buffer.isBuffer(content) ? content : await buffer(content)).toString('utf8'));
    }
  }
  const said = stderr.toString('utf8');
  const failure = unreadable ?? packageFailure(exitCode, said);
  const isCopy = failure?.kind === 'PackageFailed' && failure.step === 'copy';
  return { files, failure, stderr: isCopy ? said.split('\n').filter((line) => line !== '') : [] };
}

/** The builder gives the output of `tar` with its error; that of `cp` has gone to stderr before. */
function packageFailure(exitCode: number, said: string): StagingFailure | undefined {
  if (exitCode === 0) return undefined;
  const step = COLLECT_FAILURES[exitCode as keyof typeof COLLECT_FAILURES];
  switch (step) {
    case 'copy':
      return { kind: 'PackageFailed', step, detail: 'exit status 1' };
    case 'droplet':
    case 'cache':
      return { kind: 'PackageFailed', step, detail: `${said}: exit status 2` };
    default:
      return { kind: 'PackageFailed', step: 'directories', detail: said.trim() };
  }
}
