import { posix } from 'node:path';
import { pipeline, Transform, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { CfstageError, interruption } from '../errors.ts';
import type { Container, ExecProcess } from './engine.ts';

/**
 * A tar stream of a path, from the container's own tar. Podman's archive endpoint gives every member to root, leaves out
 * the directory that is asked for, and takes four times as long. Fails at its end when tar does.
 */
export async function downloadByTar(
  container: Container,
  path: string,
  signal: AbortSignal | undefined,
): Promise<Readable> {
  const [directory, name] = path.endsWith('/.')
    ? [path.slice(0, -1), '.']
    : [posix.dirname(path), posix.basename(path)];
  const argv = ['/bin/tar', '--create', '--file=-', '--numeric-owner', '--directory', directory, '--', name];
  const process = await container.exec({ argv, env: {}, user: 'root', workingDir: '/' }, signal);
  const succeeded = verdict(process, `download ${path} of the container ${container.name}`);
  const tar = new Transform({
    transform: (chunk, _encoding, done) => done(null, chunk),
    flush: (done) => void succeeded.then(() => done(), done),
  });
  const abort = () => void tar.destroy(signal === undefined ? undefined : interruption(signal));
  signal?.addEventListener('abort', abort, { once: true });
  pipeline(process.stdout, tar, () => undefined);
  tar.once('close', () => {
    signal?.removeEventListener('abort', abort);
    process.close();
  });
  return tar;
}

function verdict({ stderr, exitCode }: ExecProcess, operation: string): Promise<void> {
  const ended = Promise.all([exitCode, text(stderr)]).then(([code, said]) => {
    if (code === 0) return;
    throw new CfstageError('ENGINE_FAILED', `The container engine could not ${operation}: ${said.trim()}`, {
      hint: 'Run `cfstage doctor` to check the engine.',
    });
  });
  ended.catch(() => undefined);
  return ended;
}
