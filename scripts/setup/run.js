import { spawn } from 'node:child_process';
import { accessSync, closeSync, constants, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { logTail, SetupError } from './say.js';

/** Where a command is found on PATH or in the directories of system commands; undefined when nowhere. */
export function which(command) {
  const directories = [
    ...(process.env['PATH'] ?? '').split(path.delimiter),
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
  ];
  return directories
    .filter((directory) => directory !== '')
    .map((directory) => path.join(directory, command))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Runs a command with its output on our stderr; resolves with its exit code. */
export function run(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 2, 2], ...options });
  return exitCode(child);
}

/**
 * Runs a command with our streams, and resolves with its exit code. What is to end us ends it, so that there is an end to
 * wait for: a terminal sends SIGINT to both, the others have to be passed on.
 */
export async function runInFront(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  const passOn = (signal) => child.kill(signal);
  const stay = () => undefined;
  process.on('SIGINT', stay).on('SIGTERM', passOn).on('SIGHUP', passOn);
  try {
    return await exitCode(child);
  } finally {
    process.off('SIGINT', stay).off('SIGTERM', passOn).off('SIGHUP', passOn);
  }
}

/** Runs a command with its output in a log; fails with `what`, the log's tail and where the log is. */
export async function runLogged(what, log, command, args, options = {}) {
  mkdirSync(path.dirname(log), { recursive: true });
  const fd = openSync(log, 'w');
  const code = await run(command, args, { stdio: ['ignore', fd, fd], ...options }).finally(() =>
    closeSync(fd),
  );
  if (code !== 0)
    throw new SetupError(`${what} failed (exit code ${code}):\n${logTail(log)}\nThe log is ${log}.`);
}

/** The exit code of a child, 128 + n after a signal, as a shell counts; rejects when it cannot be started. */
export function exitCode(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (SIGNALS[signal] ?? 0)));
  });
}

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
