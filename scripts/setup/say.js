import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** A fault of the machine that the set-up can name: a line on what is wrong and one on what to do. */
export class SetupError extends Error {}

/** Tells on stderr what takes time or changes the machine. */
export function say(line) {
  process.stderr.write(`set-up: ${line}\n`);
}

/** The last lines of a log, at most 8 KB; empty when there is none. */
export function logTail(file, lines = 15) {
  let fd;
  try {
    fd = openSync(file, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(fd);
    const buffer = Buffer.alloc(Math.min(size, 8192));
    readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } finally {
    closeSync(fd);
  }
}
