import { BUILD_DIR, BUILDPACKS_DIR, LIFECYCLE_DIR, VCAP } from './container-paths.ts';
import { READ_WATCH_SCRIPT } from './read-watch-script.ts';

/** Where the states of a staging container are kept in it: out of reach of vcap, and on the container's own layer. */
export const SNAPSHOT_DIR = '/root/.cfstage';

/** Archives are read and written in records of this size, the last one filled up: with tar's own 10 KiB it takes half as long again. */
export const RECORD_BYTES = 128 * 1024;
const TAR_BLOCK_BYTES = 512;

/** Set in the environment of a session of the user's in a staging container; a rewind leaves its processes alone. */
export const SESSION_MARKER = 'CFSTAGE_SESSION';

/**
 * Lists what vcap can change, keeps states of it, and goes back to them. Its arguments are paths that it leaves out. Runs as root
 * for as long as its input is open and does what it reads there: a line `OPERATION ARGUMENT...`, a number among the arguments being that of the bytes that
 * follow it, a list of paths that end in NUL. Answers with records that end in NUL, then an empty one, then the status.
 *
 * `begin`: finds what vcap can change in this image and says where that is; `begin N`: is told where. `watch`: notices from now on what is read of buildpacks; says
 * `watching` if it can. `list`: numbers of vcap's processes, of processes that the kernel killed for want of memory, and of
 * files of buildpacks that were read; then the paths of those; then every node, its attributes and its path, a record each.
 * `nodes N`: the nodes of these paths alone. `pack LAYER N`: keeps these paths. `drop LAYER...`. `away N`: removes these
 * trees. `unpack LAYER N`: brings these paths back from a layer, all of them for 0. `reopen CONTENTS`: ends vcap's processes
 * and takes the build directory out of the contents directory again.
 */
export const REWIND_SCRIPT = `store=${SNAPSHOT_DIR}
umask 077
mkdir -p "$store"
node='%y %i %C@ %T@ %s %m %U %G %l\\0%p\\0'
trash=0
unlisted=(-path ${LIFECYCLE_DIR} -o -path ${BUILDPACKS_DIR})
for path; do unlisted+=(-o -path "$path"); done
# The one that watches may be gone.
trap '' PIPE
# Nothing that is run here may read what is meant for this script.
exec 3<&0 </dev/null
coproc reader { exec perl -MPOSIX -e '${READ_WATCH_SCRIPT.replaceAll("'", "'\\''")}' 2>/dev/null; }
answer() { printf '\\0%s\\0' "$1"; }
payload() { head -c "$1" <&3 >"$store/paths"; }
processes() {
  local status line lines value state pid parent
  local -A parents=()
  pids=()
  for status in /proc/[0-9]*/status; do
    pid=\${status#/proc/}
    pid=\${pid%/status}
    lines=()
    # All at once: see INIT_SCRIPT.
    { mapfile -t lines <"$status"; } 2>/dev/null
    for line in "\${lines[@]}"; do
      value=\${line#*[[:space:]]}
      case $line in
        State:*) state=\${value%% *} ;;
        PPid:*) parent=$value ;;
        Uid:*)
          value=\${value%%[[:space:]]*}
          [ "$value" = ${VCAP.uid} ] || break
          parents[$pid]=$parent
          [ "$state" = Z ] || [ "$state" = X ] || pids+=("$pid")
          break ;;
      esac
    done
  done
  [ \${#pids[@]} != 0 ] || return
  # What a process has in its environment is shown to its own user only.
  local left=() one
  local -A marked=()
  for pid in "\${!parents[@]}"; do
    ! chroot --userspec=${VCAP.uid}:${VCAP.gid} / grep -qzs '^${SESSION_MARKER}=' "/proc/$pid/environ" || marked[$pid]=yes
  done
  # What a session has started may have another environment.
  for pid in "\${pids[@]}"; do
    for ((one = pid; one > 0; one = \${parents[$one]:-0})); do [ -z "\${marked[$one]}" ] || continue 2; done
    left+=("$pid")
  done
  pids=("\${left[@]}")
}
killed() {
  local line lines file
  killed=0
  for file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
    lines=()
    [ ! -r "$file" ] || mapfile -t lines <"$file"
    for line in "\${lines[@]}"; do [ "\${line% *}" != oom_kill ] || killed=\${line#* }; done
  done
}
reads() {
  local path
  reads=()
  [ -n "$watching" ] || return
  if ! echo reads >&"$to_reader" 2>/dev/null; then reads=('*'); return; fi
  while IFS= read -r -d '' path <&"$from_reader" && [ -n "$path" ]; do reads+=("$path"); done
}
tar() { command tar --null --no-unquote --no-recursion --numeric-owner -b ${RECORD_BYTES / TAR_BLOCK_BYTES} -P --xattrs --xattrs-include='user.*' "$@"; }
from_reader=\${reader[0]} to_reader=\${reader[1]}
while read -r -u 3 operation first second rest; do
  case $operation in
    begin)
      if [ -n "$first" ]; then payload "$first" && mapfile -d '' roots <"$store/paths"
      else
        mapfile -d '' roots < <(find / -xdev ! -type l \\( -user ${VCAP.uid} -o -group ${VCAP.gid} -perm -020 -o -perm -002 \\) -print0 -prune)
        [ ! -d /dev/shm ] || roots+=(/dev/shm)
      fi
      printf '%s\\0' "\${roots[@]}"
      answer 0 ;;
    watch)
      watching=
      [ -z "$to_reader" ] || ! echo watch >&"$to_reader" || IFS= read -r -d '' watching <&"$from_reader"
      [ -z "$watching" ] || printf '%s\\0' "$watching"
      answer 0 ;;
    list)
      processes
      killed
      reads
      printf '%s %s %s\\0' "\${#pids[@]}" "$killed" "\${#reads[@]}"
      [ \${#reads[@]} = 0 ] || printf '%s\\0' "\${reads[@]}"
      find "\${roots[@]}" -xdev \\( "\${unlisted[@]}" \\) -prune -o -printf "$node"
      # Something may go while it is listed.
      answer 0 ;;
    nodes)
      payload "$first"
      xargs -0 -r -a "$store/paths" sh -c 'format=$0; find "$@" -maxdepth 0 -printf "$format"' "$node"
      answer $? ;;
    pack)
      payload "$second"
      tar --format=posix --pax-option=delete=atime,delete=ctime --sparse -cf "$store/$first.tar" -T "$store/paths" >&2
      answer $? ;;
    drop)
      (for layer in $first $second $rest; do rm -f "$store/$layer.tar"; done) &
      answer 0 ;;
    away)
      payload "$first"
      trash=$((trash + 1))
      mkdir -p "$store/trash/$trash"
      xargs -0 -r -a "$store/paths" mv -f --backup=numbered -t "$store/trash/$trash" -- >&2
      status=$?
      rm -rf "$store/trash/$trash" >/dev/null 2>&1 &
      answer $status ;;
    unpack)
      payload "$second"
      if [ "$second" = 0 ]; then tar -xpf "$store/$first.tar" >&2; else tar -xpf "$store/$first.tar" -T "$store/paths" >&2; fi
      answer $? ;;
    reopen)
      while processes; [ \${#pids[@]} != 0 ]; do
        kill -KILL "\${pids[@]}" 2>/dev/null
        sleep 0.002
      done
      [ -e ${BUILD_DIR} ] || [ ! -e "$first/app" ] || mv -T "$first/app" ${BUILD_DIR} >&2
      answer $? ;;
  esac
done
`;
