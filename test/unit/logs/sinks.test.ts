import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { emitTo } from '../../../src/logs/emitter.ts';
import type { EventBody } from '../../../src/logs/event.ts';
import { logLine } from '../../../src/logs/format-log.ts';
import { JsonSink } from '../../../src/logs/json-sink.ts';
import { MemorySink } from '../../../src/logs/memory-sink.ts';
import { TerminalSink } from '../../../src/logs/terminal-sink.ts';
import { FakeTerminal, SlowTerminal } from './fake-terminal.ts';

const TIME = Date.UTC(2026, 0, 2, 3, 4, 5, 60);
const line = {
  type: 'log',
  app: 'an-app',
  source: 'APP/PROC/WEB/0',
  stream: 'OUT',
  message: 'hello',
} as const;
const shown = logLine({ ...line, time: TIME });

function terminal({ isTTY = false, colour = false } = {}) {
  const stdout = new FakeTerminal(isTTY);
  const stderr = new FakeTerminal(isTTY);
  const sink = new TerminalSink({ stdout, stderr, colour });
  const emit = emitTo([sink], () => TIME);
  return { stdout, stderr, sink, emit };
}

describe('TerminalSink', () => {
  it.each<{ event: EventBody; stdout?: string; stderr?: string }>([
    { event: line, stdout: `   ${shown}\n` },
    { event: { type: 'notice', message: 'App stopped' }, stderr: 'App stopped\n' },
    { event: { type: 'warning', message: 'not the real one' }, stderr: 'Warning: not the real one\n' },
    { event: { type: 'progress', what: 'Pulling', received: 1, total: 2 } },
    { event: { type: 'phase-started', app: 'an-app', phase: 'supply', buildpack: 'a' } },
    {
      event: { type: 'failed', code: 'USAGE', message: 'What?', hint: 'Say more.', exitCode: 2 },
      stderr: 'What?\nSay more.\nFAILED (USAGE)\n',
    },
    {
      event: { type: 'failed', code: 'INTERNAL', message: 'Oh.', exitCode: 1 },
      stderr: 'Oh.\nFAILED (INTERNAL)\n',
    },
  ])('writes $event.type where it belongs, without control characters off a terminal', async (row) => {
    const { stdout, stderr, emit } = terminal();
    await emit(row.event);
    expect({ stdout: stdout.text, stderr: stderr.text }).toEqual({
      stdout: row.stdout ?? '',
      stderr: row.stderr ?? '',
    });
  });

  it('colours ERR lines, but for their indentation, and nothing else of the log', async () => {
    const { stdout, emit } = terminal({ colour: true, isTTY: true });
    await emit(line);
    await emit({ ...line, stream: 'ERR' });
    expect(stdout.text).toBe(`   ${shown}\n   \x1b[31m${shown.replace(' OUT ', ' ERR ')}\x1b[39m\n`);
  });

  it('takes its progress line away before it writes anything else', async () => {
    const { stderr, emit } = terminal({ isTTY: true });
    await emit({ type: 'progress', what: 'Pulling', received: 1024 ** 2, total: 2 * 1024 ** 2 });
    await emit({ type: 'notice', message: 'done' });
    expect(stderr.text).toBe('\r\x1b[KPulling 1.0M of 2.0M\r\x1b[Kdone\n');
  });

  it('holds a flood back while its stream is full, and lets go when it drains', async () => {
    const stdout = new SlowTerminal();
    const emit = emitTo([new TerminalSink({ stdout, stderr: new FakeTerminal(), colour: false })]);
    const behind = emit(line);
    expect(behind).toBeInstanceOf(Promise);
    stdout.take();
    await behind;
  });

  it('writes the lines of one turn at once, and before what it says on stderr', async () => {
    const writes: string[] = [];
    const note = (name: string) =>
      new Writable({
        decodeStrings: false,
        write(text: string, _encoding, done) {
          writes.push(`${name} ${text}`);
          done();
        },
      });
    const emit = emitTo([new TerminalSink({ stdout: note('out'), stderr: note('err'), colour: false })]);
    for (const message of ['a', 'b']) void emit({ ...line, message });
    await Promise.resolve();
    expect(writes).toEqual([expect.stringMatching(/^out .* OUT a\n .* OUT b\n$/)]);
    void emit({ ...line, message: 'c' });
    void emit({ type: 'notice', message: 'n' });
    expect(writes.slice(1)).toEqual([expect.stringMatching(/^out .* OUT c\n$/), 'err n\n']);
  });

  it('goes on without a reader that went away', async () => {
    const stdout = new SlowTerminal();
    const emit = emitTo([new TerminalSink({ stdout, stderr: new FakeTerminal(), colour: false })]);
    const behind = emit(line);
    stdout.destroy();
    await behind;
    expect(emit(line)).toBeUndefined();
  });
});

it('JsonSink writes one object a line with an ISO time', async () => {
  const stdout = new FakeTerminal();
  const emit = emitTo([new JsonSink(stdout)], () => TIME);
  await emit({ ...line, message: 'two\nlines' });
  await emit({ type: 'notice', message: 'ü' });
  expect(
    stdout.text
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as unknown),
  ).toEqual([
    { ...line, message: 'two\nlines', time: '2026-01-02T03:04:05.060Z' },
    { type: 'notice', message: 'ü', time: '2026-01-02T03:04:05.060Z' },
  ]);
});

it('every sink gets every event, stamped once', async () => {
  const [first, second] = [new MemorySink(), new MemorySink()];
  const emit = emitTo([first, second], () => TIME);
  await emit(line);
  await emit({ type: 'notice', message: 'n' });
  expect(first.events).toEqual([
    { ...line, time: TIME },
    { type: 'notice', message: 'n', time: TIME },
  ]);
  expect(second.events).toEqual(first.events);
  expect(first.logs).toEqual([{ ...line, time: TIME }]);
});
