import { readdirSync, readFileSync } from 'node:fs';

/** `[{ pid, name }]` of the processes of a state folder: those that have it in their environment. */
export function toolProcesses(home) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      if (!read(pid, 'environ').split('\0').includes(`CFSTAGE_HOME=${home}`)) return [];
      // One that has ended and waits for its parent is no process any more.
      if (/^\d+ \(.*\) Z/s.test(read(pid, 'stat'))) return [];
      return [{ pid: Number(pid), name: read(pid, 'cmdline').replaceAll('\0', ' ').trim() }];
    });
}

function read(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
