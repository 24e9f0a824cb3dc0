/**
 * What runs as pid 1 of a container: it reaps orphans as garden-init does, and on SIGTERM passes the signal on to each
 * process that was started from outside (its parent is pid 0) and to no other, as Diego does, then waits for them.
 * The engine sends SIGKILL to all when the grace period is over. The marker tells a stop that was asked for from a
 * crash; it is written before any process is signalled.
 */
export const STOP_MARKER = '/run/cfstage.stopping';

export const INIT_SCRIPT = `#!/bin/bash
declare -A told
started_from_outside() {
  local status line lines pid
  pids=()
  for status in /proc/[0-9]*/status; do
    lines=() pid=
    # All at once: read by lines, the file is made anew for each, and a line may be cut when one before it has changed.
    { mapfile -t lines <"$status"; } 2>/dev/null
    for line in "\${lines[@]}"; do
      case $line in
        Pid:*) pid=\${line#*[[:space:]]} ;;
        PPid:*) [ "\${line#*[[:space:]]}" = 0 ] && [ "$pid" != 1 ] && pids+=("$pid"); break ;;
      esac
    done
  done
}

terminate() {
  trap '' TERM
  : >${STOP_MARKER}
  # One that is being started just now comes late, and is told as well.
  while started_from_outside; [ \${#pids[@]} != 0 ]; do
    for pid in "\${pids[@]}"; do
      [ -n "\${told[$pid]}" ] || kill -TERM "$pid" 2>/dev/null
      told[$pid]=yes
    done
    sleep 0.02
  done
  exit 0
}

trap terminate TERM
sleep infinity &
while :; do wait; done
`;
