import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import { CfstageError, orInterrupted } from '../errors.ts';
import type { Container } from './engine.ts';

/** Starts a helper of ours; resolves once it says that it is at work. When this throws it is gone. */
export async function startHelper(helper: Container, signal: AbortSignal): Promise<void> {
  const heard = new AbortController();
  try {
    await orInterrupted(helper.start(signal), signal);
    const { stdout, stderr } = await helper.output('all', AbortSignal.any([signal, heard.signal]));
    stdout.on('error', () => undefined);
    stderr.on('error', () => undefined);
    const first = await orInterrupted(
      Promise.race([once(stdout, 'data').then(() => 'ready'), text(stderr).catch(() => '')]),
      signal,
    );
    if (first !== 'ready') throw notAtWork(helper.name, first);
  } catch (error) {
    await helper.remove();
    throw error;
  } finally {
    heard.abort();
  }
}

function notAtWork(name: string, said: string): CfstageError {
  return new CfstageError(
    'ENGINE_FAILED',
    `The helper ${name} could not begin: ${said.trim() || 'it ended'}`,
    {
      hint: 'An app that is cut off, or has a proxy, needs perl in its stack. Run without, or choose another stack.',
    },
  );
}
