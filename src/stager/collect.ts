import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { readTar } from '../archive/read-tar.ts';
import type { Container } from '../engine/engine.ts';
import { runToEnd } from '../engine/run-to-end.ts';
import {
  COLLECT_COPY_FAILED,
  COLLECT_DIRECTORIES_FAILED,
  COLLECT_SCRIPT,
} from '../lifecycle/collect-script.ts';
import { BUILD_DIR, VCAP } from '../lifecycle/container-paths.ts';
import type { StagingFailure } from '../lifecycle/staging-failure.ts';

/** The small files that decide what was built, by path: `deps/0/launch.yml`, `deps/0/config.yml`, `Procfile`. */
export interface Collected {
  readonly files: ReadonlyMap<string, string>;
  readonly failure: StagingFailure | undefined;
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
      argv: ['/bin/bash', '-c', COLLECT_SCRIPT, 'collect', contentsDir, BUILD_DIR, mode],
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
  return { files, failure: unreadable ?? packageFailure(exitCode, stderr.toString('utf8').trim()) };
}

function packageFailure(exitCode: number, detail: string): StagingFailure | undefined {
  if (exitCode === 0) return undefined;
  const step = exitCode === COLLECT_DIRECTORIES_FAILED ? 'directories' : 'copy';
  return { kind: 'PackageFailed', step, detail: exitCode === COLLECT_COPY_FAILED ? 'exit status 1' : detail };
}
