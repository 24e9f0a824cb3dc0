import { describe, expect, it } from 'vitest';
import { CfstageError } from '../../../src/errors.ts';
import { appWithoutManifest } from '../../../src/manifest/select-app.ts';
import { defaultProcess, type AppManifest } from '../../../src/manifest/manifest.ts';
import { taskSettings, type AskedTask } from '../../../src/plan/task-settings.ts';

const APP: AppManifest = {
  ...appWithoutManifest('an app'),
  processes: [
    { ...defaultProcess('web'), memoryMb: 256, diskMb: 512 },
    { ...defaultProcess('batch'), memoryMb: 64, command: 'of the manifest' },
    { ...defaultProcess('idle') },
  ],
};
const PROCESSES = [
  { type: 'web', command: 'ruby app.rb' },
  { type: 'batch', command: 'of the droplet' },
  { type: 'task', command: 'rake migrate' },
];

function decide(asked: AskedTask) {
  return taskSettings(asked, APP, PROCESSES, '0a1b2c3d');
}

function refusal(asked: AskedTask): CfstageError {
  try {
    decide(asked);
  } catch (error) {
    if (error instanceof CfstageError) return error;
  }
  throw new Error('It was not refused');
}

describe('taskSettings', () => {
  it.each<{ what: string; asked: AskedTask; expected: object }>([
    {
      what: 'a command alone: the defaults, whatever web has',
      asked: { command: 'rake db:seed' },
      expected: { name: '0a1b2c3d', command: 'rake db:seed', memoryMb: 1024, diskMb: 1024 },
    },
    {
      what: 'nothing: the process type task of the droplet',
      asked: {},
      expected: { command: 'rake migrate', memoryMb: 1024, diskMb: 1024 },
    },
    {
      what: 'empty texts, as cf takes them: nothing',
      asked: { name: '', command: '', processType: '' },
      expected: { name: '0a1b2c3d', command: 'rake migrate' },
    },
    {
      what: 'a process type: its command, memory and disk',
      asked: { processType: 'web' },
      expected: { command: 'ruby app.rb', memoryMb: 256, diskMb: 512 },
    },
    {
      what: 'a process type with a command in the manifest: that one',
      asked: { processType: 'batch' },
      expected: { command: 'of the manifest', memoryMb: 64, diskMb: 1024 },
    },
    {
      what: 'a process type and a command: the command, and the rest of the process',
      asked: { processType: 'web', command: 'true' },
      expected: { command: 'true', memoryMb: 256, diskMb: 512 },
    },
    {
      what: 'everything: just that',
      asked: { name: 'Migrate me', command: 'true', processType: 'web', memoryMb: 32, diskMb: 2048 },
      expected: { name: 'Migrate me', command: 'true', memoryMb: 32, diskMb: 2048 },
    },
    {
      what: 'the longest command',
      asked: { command: '😀'.repeat(4096) },
      expected: { command: '😀'.repeat(4096) },
    },
  ])('$what', ({ asked, expected }) => {
    expect(decide(asked)).toMatchObject(expected);
  });

  it.each<{ what: string; asked: AskedTask; code: string; message: string; exitCode: number; hint: string }>([
    {
      what: 'an unknown process type',
      asked: { processType: 'nope', command: 'true' },
      code: 'START_COMMAND_MISSING',
      message: 'Process nope not found',
      exitCode: 1,
      hint: 'one of: web, batch, idle, task',
    },
    {
      what: 'a process type without a command',
      asked: { processType: 'idle' },
      code: 'START_COMMAND_MISSING',
      message: 'command presence',
      exitCode: 1,
      hint: "'idle' has no command",
    },
    {
      what: 'too much disk',
      asked: { command: 'true', diskMb: 2049 },
      code: 'USAGE',
      message: 'Cannot request disk_in_mb greater than 2048',
      exitCode: 2,
      hint: '-k',
    },
    {
      what: 'a name over two lines',
      asked: { command: 'true', name: 'a\nb' },
      code: 'USAGE',
      message: 'name format',
      exitCode: 2,
      hint: 'printable',
    },
    {
      what: 'a command that is too long',
      asked: { command: 'x'.repeat(4097) },
      code: 'USAGE',
      message: 'command must be shorter than 4097 characters',
      exitCode: 2,
      hint: 'script',
    },
  ])('refuses $what', ({ asked, code, message, exitCode, hint }) => {
    const error = refusal(asked);
    expect(error).toMatchObject({ code, message, exitCode });
    expect(error.hint).toContain(hint);
  });

  it('finds no process type task in a droplet that has none', () => {
    expect(() => taskSettings({}, APP, [], 'x')).toThrow('Process task not found');
  });
});
