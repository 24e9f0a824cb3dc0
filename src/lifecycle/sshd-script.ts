/** Path of SSHD_SCRIPT in a container. */
export const SSHD = '/tmp/lifecycle/sshd';

/**
 * The part of `cf ssh` that runs in the container, started by the engine. Whatever is started prints its process id
 * first. Each is the leader of a process group of its own, because the engine starts it so.
 *
 * `keep` stands for the connection: it reads `keep PID`, `forget PID`, `end PID` and `ping`, and hangs up on all that it
 * keeps when its input ends, however that came about, and when the container is stopped. An engine does neither by itself,
 * and an interactive bash ignores the SIGTERM of a stop; a cell's sshd takes the terminals with it.
 *
 * `shell TERM COLUMNS ROWS [ARGUMENT...]` is bash with the environment that diego-ssh makes: the daemon's, but PATH, HOME
 * and USER; not the launcher's. TERM is empty without a terminal. The size is set before bash can ask for it.
 * Source: diego-ssh handlers/session_channel_handler.go.
 *
 * `phase TERM COLUMNS ROWS [ARGUMENT...]` is bash with the environment that it is given, that of a phase of a staging; a cell
 * has no such thing.
 *
 * `forward HOST PORT` says `open` once it is connected, then copies both ways. bash cannot end one direction of a
 * connection and so leaves that to perl. Where there is none, the end of the input ends everything, as in cf. A cell's
 * /etc/hosts knows one localhost; bash would tell of the last it has tried.
 * Source: cli util/clissh/ssh.go, handleForwardConnection.
 */
export const SSHD_SCRIPT = `#!/bin/bash
echo $$
case $1 in
keep)
  # Only so does a signal interrupt \`read\`.
  set -o posix
  declare -A kept
  hang_up() {
    for pid in "\${!kept[@]}"; do kill -HUP -- "-$pid" 2>/dev/null; done
    exit 0
  }
  trap hang_up TERM HUP
  while read -r what pid; do
    case $what in
      keep) kept[$pid]=yes ;;
      ping) echo pong ;;
      forget) unset "kept[$pid]" ;;
      end) unset "kept[$pid]"; kill -HUP -- "-$pid" 2>/dev/null ;;
    esac
  done
  hang_up
  ;;
shell)
  unset HOSTNAME container TERM
  . /tmp/lifecycle/ssh.env
  if [ -n "$2" ]; then
    stty columns "$3" rows "$4"
    export TERM=$2
  fi
  export PATH=/bin:/usr/bin HOME=/home/vcap USER=vcap
  cd /home/vcap
  exec /bin/bash "\${@:5}"
  ;;
phase)
  if [ -n "$2" ]; then
    stty columns "$3" rows "$4"
    export TERM=$2 PS1='staging:\\w\\$ '
  fi
  unset HOSTNAME
  cd /home/vcap
  exec /bin/bash --norc "\${@:5}"
  ;;
forward)
  host=$2
  [ "$host" != localhost ] || host=127.0.0.1
  exec 3<>"/dev/tcp/$host/$3" || exit 1
  echo open
  exec 4<&0 </dev/null
  { cat <&4 >&3; perl -e 'shutdown STDIN, 1' <&3 || kill -HUP 0; } >/dev/null &
  exec 4<&-
  cat <&3
  trap '' HUP
  kill -HUP 0
  ;;
esac
`;
