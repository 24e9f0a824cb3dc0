import type { Readable } from 'node:stream';

const LINE_END = 0x0a;

/**
 * The next line of a stream, without its end and without the CR of a terminal; what follows it stays to be read. Resolves
 * with undefined when the stream ends or breaks before there is one.
 */
export async function readLine(stream: Readable): Promise<string | undefined> {
  let line = Buffer.alloc(0);
  for (;;) {
    const chunk = stream.read() as Buffer | null;
    if (chunk === null) {
      if (stream.readableEnded || stream.destroyed) return undefined;
      await moreOf(stream);
      continue;
    }
    line = Buffer.concat([line, chunk]);
    const end = line.indexOf(LINE_END);
    if (end === -1) continue;
    if (end + 1 < line.length) stream.unshift(line.subarray(end + 1));
    return line.subarray(0, end).toString('utf8').replace(/\r$/, '');
  }
}

async function moreOf(stream: Readable): Promise<void> {
  const events = ['readable', 'end', 'close', 'error'] as const;
  let come: () => void = () => undefined;
  await new Promise<void>((resolve) => {
    come = resolve;
    for (const event of events) stream.on(event, come);
  });
  for (const event of events) stream.off(event, come);
}
