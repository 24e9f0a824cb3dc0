import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { StatusLine } from '../../../src/logs/status-line.ts';
import { FakeTerminal } from './fake-terminal.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const line = (text: string) => `\r\x1b[K${text}`;

it('shows the first text at once, and of what follows soon the newest', () => {
  const terminal = new FakeTerminal(true);
  const status = new StatusLine(terminal);
  for (const text of ['one', 'two', 'three']) status.show(text);
  expect(terminal.text).toBe(line('one'));
  vi.advanceTimersByTime(1_000);
  expect(terminal.text).toBe(`${line('one')}${line('three')}`);
});

it('that was cleared shows nothing more of what was to come', () => {
  const terminal = new FakeTerminal(true);
  const status = new StatusLine(terminal);
  status.show('one');
  status.show('two');
  status.clear();
  vi.advanceTimersByTime(1_000);
  expect(terminal.text).toBe(`${line('one')}${line('')}`);
});

it('has one row and no more, as wide as the terminal is then', () => {
  const terminal: FakeTerminal & { columns?: number } = new FakeTerminal(true);
  const status = new StatusLine(terminal);
  for (const columns of [11, 6, 0]) {
    terminal.columns = columns;
    status.show('hello\n\x1b[2Jto you all');
    vi.advanceTimersByTime(1_000);
  }
  expect(terminal.text).toBe(`${line('hello to…')}${line('hell…')}${line('hello to you all')}`);
});

it('is not there where no terminal is', () => {
  const file = new FakeTerminal(false);
  new StatusLine(file).show('one');
  vi.advanceTimersByTime(1_000);
  expect(file.text).toBe('');
});
