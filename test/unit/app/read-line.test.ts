import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { readLine } from '../../../src/app/read-line.ts';

it('reads lines however they are cut, and leaves what follows', async () => {
  const stream = new PassThrough();
  const first = readLine(stream);
  stream.write('1');
  stream.write('2\r');
  stream.write('\n3\nre');
  expect(await first).toBe('12');
  expect(await readLine(stream)).toBe('3');
  stream.end('st');
  expect(await text(stream)).toBe('rest');
});

it('leaves what follows when it came together with the end', async () => {
  const stream = new PassThrough();
  stream.end('1\nrest');
  expect(await readLine(stream)).toBe('1');
  expect(await text(stream)).toBe('rest');
});

it.each([
  ['ends', (stream: PassThrough) => stream.end('half a line')],
  ['breaks', (stream: PassThrough) => stream.on('error', () => undefined).destroy(new Error('gone'))],
] as const)('has no line when the stream %s before there is one', async (_, end) => {
  const stream = new PassThrough();
  const line = readLine(stream);
  end(stream);
  expect(await line).toBeUndefined();
  expect(await readLine(stream)).toBeUndefined();
});
