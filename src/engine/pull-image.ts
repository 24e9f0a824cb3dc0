import type Docker from 'dockerode';
import { CfstageError, interruption } from '../errors.ts';
import { engineError } from './engine-errors.ts';
import type { PullProgress } from './engine.ts';

interface PullMessage {
  readonly id?: string;
  readonly error?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

/**
 * Pulls an image, reporting the bytes of all layers together.
 *
 * @throws CfstageError STACK_UNAVAILABLE when the registry does not give it.
 */
export async function pullImage(
  docker: Docker,
  reference: string,
  platform: string | undefined,
  onProgress: (progress: PullProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const layers = new Map<string, { current: number; total: number }>();
  try {
    const stream = (await docker.pull(withTag(reference), {
      ...(platform === undefined ? {} : { platform }),
      abortSignal: signal,
    })) as AsyncIterable<Buffer>;
    for await (const message of jsonLines(stream)) {
      if (message.error !== undefined) throw unavailable(reference, new Error(message.error));
      const { current, total } = message.progressDetail ?? {};
      if (message.id === undefined || current === undefined || total === undefined) continue;
      layers.set(message.id, { current, total });
      const all = [...layers.values()];
      onProgress({
        received: all.reduce((sum, layer) => sum + layer.current, 0),
        total: all.reduce((sum, layer) => sum + layer.total, 0),
      });
    }
  } catch (error) {
    if (signal.aborted) throw interruption(signal);
    const fault = engineError(`pull ${reference}`, error);
    throw fault.code === 'ENGINE_FAILED' ? unavailable(reference, error) : fault;
  }
}

/** Asked for a repository as such, an engine pulls all of its tags. */
function withTag(reference: string): string {
  return /[:@][^/]*$/.test(reference) ? reference : `${reference}:latest`;
}

function unavailable(reference: string, cause: unknown): CfstageError {
  return new CfstageError('STACK_UNAVAILABLE', `The image ${reference} cannot be pulled`, {
    hint: 'Check the network, or use the stand-in: `--stack-policy stand-in`.',
    cause,
  });
}

async function* jsonLines(stream: AsyncIterable<Buffer>): AsyncGenerator<PullMessage> {
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.trim() !== '') yield JSON.parse(line) as PullMessage;
    }
  }
}
