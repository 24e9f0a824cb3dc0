import { afterEach, beforeEach, expect, it } from 'vitest';
import { formatLog, logLine } from '../../../src/logs/format-log.ts';

const event = {
  type: 'log',
  time: Date.UTC(2026, 0, 2, 3, 4, 5, 69),
  app: 'an-app',
  source: 'APP/PROC/WEB/0',
  stream: 'OUT',
  message: 'listening',
} as const;

let zone: string | undefined;
beforeEach(() => (zone = process.env['TZ']));
afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

it.each([
  { zone: 'UTC', stamp: '2026-01-02T03:04:05.06+0000' },
  { zone: 'Europe/Berlin', stamp: '2026-01-02T04:04:05.06+0100' },
  { zone: 'America/St_Johns', stamp: '2026-01-01T23:34:05.06-0330' },
  { zone: 'Asia/Kolkata', stamp: '2026-01-02T08:34:05.06+0530' },
])('stamps a line in local time with two digits of a second ($zone)', ({ zone: name, stamp }) => {
  process.env['TZ'] = name;
  expect(logLine(event)).toBe(`${stamp} [APP/PROC/WEB/0] OUT listening`);
  expect(formatLog({ ...event, stream: 'ERR' })).toBe(`   ${stamp} [APP/PROC/WEB/0] ERR listening`);
});
