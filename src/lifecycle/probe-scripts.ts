/** Bash that looks into the container of an instance from within. `$0` is its name, arguments follow. */

/** `$1` is a command, run with the environment of the app as `/tmp/lifecycle/shell` makes it. Source: see sshd-script.ts. */
export const APP_COMMAND = `. /tmp/lifecycle/ssh.env
export PATH=/bin:/usr/bin HOME=/home/vcap USER=vcap
unset HOSTNAME container TERM
cd /home/vcap
exec /tmp/lifecycle/shell /home/vcap/app "$1"`;

/** Prints the environment that a process was started with; `$1` is its pid file. */
export const PROCESS_ENVIRONMENT = 'cat "/proc/$(<"$1")/environ"';

/** Sends `$2` (e.g. TERM) to the process of the pid file `$1`. */
export const SIGNAL_PROCESS = 'kill -s "$2" -- "$(<"$1")"';

/** Prints its own process id, then a line for each process. */
export const LIST_PROCESSES = 'echo $$; ps -ww -eo pid=,ppid=,user:32=,args=';

/** Prints those of pid files, a line each: `STEP PID`. */
export const LIST_PIDS = 'for file in /tmp/lifecycle/pids/*; do echo "${file##*/} $(<"$file")"; done';

/** Prints the paths below /home/vcap that match the pattern `$1`, each with a NUL. `**` is any depth; hidden ones count. */
export const LIST_FILES = `cd /home/vcap || exit
shopt -s globstar dotglob nullglob
IFS=
set -- $1
for file; do printf '%s\\0' "$file"; done`;

export const LISTENING_SOCKETS = 'cat /proc/net/tcp /proc/net/tcp6 2>/dev/null';

/** Prints a file; a relative path is below /home/vcap. */
export const READ_FILE = 'cd /home/vcap; exec cat -- "$1"';

/** State of a listening socket. Source: Linux include/net/tcp_states.h, TCP_LISTEN. */
const LISTEN = '0A';

/** 127.0.0.11 as the kernel writes it: the engine's own resolver listens there, on a network of its own making. */
const ENGINE_RESOLVER = '0B00007F';

/** The ports of listening sockets of `/proc/net/tcp`, ascending. */
export function listeningPorts(text: string): readonly number[] {
  const ports = text.split('\n').flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    return state === LISTEN && !local.startsWith(ENGINE_RESOLVER)
      ? [parseInt(local.slice(local.lastIndexOf(':') + 1), 16)]
      : [];
  });
  return [...new Set(ports)].sort((a, b) => a - b);
}

/** One process in a container. */
export interface ContainerProcess {
  readonly pid: number;
  /** 0: started from outside, as the app's own processes are. */
  readonly ppid: number;
  readonly user: string;
  /** With its arguments. */
  readonly command: string;
}

/** What LIST_PROCESSES prints, without what printed it. */
export function parseProcesses(text: string): readonly ContainerProcess[] {
  const [own = '', ...lines] = text.split('\n');
  const processes = lines.flatMap((line) => {
    const [, pid, ppid, user = '', command = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), ppid: Number(ppid), user, command }];
  });
  return processes.filter(({ pid, ppid }) => pid !== Number(own) && ppid !== Number(own));
}
