import type { Readable } from 'node:stream';
import type { Emit, OutputStream } from './event.ts';
import { LineSplitter } from './line-splitter.ts';

/** Reads one stream of a process to its end and emits its lines, waiting whenever a consumer is behind. */
export async function pumpOutput(
  readable: Readable,
  emit: Emit,
  { app, source, stream }: { readonly app: string; readonly source: string; readonly stream: OutputStream },
): Promise<void> {
  const splitter = new LineSplitter();
  const send = async (messages: readonly string[]) => {
    for (const message of messages) {
      const behind = emit({ type: 'log', app, source, stream, message });
      if (behind !== undefined) await behind;
    }
  };
  for await (const chunk of readable as AsyncIterable<Buffer>) await send(splitter.push(chunk));
  await send(splitter.end());
}
