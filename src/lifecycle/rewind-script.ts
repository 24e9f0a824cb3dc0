import { BUILD_DIR, BUILDPACK_DOWNLOADS_DIR, BUILDPACKS_DIR, LIFECYCLE_DIR, VCAP } from './container-paths.ts';

/** Where the states of a staging container are kept in it: out of reach of vcap, and on the container's own layer. */
export const SNAPSHOT_DIR = '/root/.cfstage';

/** Set in the environment of a session of the user's in a staging container; a rewind leaves its processes alone. */
export const SESSION_MARKER = 'CFSTAGE_SESSION';

/**
 * Lists what vcap can change, keeps states of it, and goes back to them. Runs as root for as long as its input is open and
 * does what it reads there: a line `OPERATION ARGUMENT...`, a number among the arguments being that of the bytes that
 * follow it, a list of paths that end in NUL. Answers with records that end in NUL, then an empty one, then the status.
 *
 * `begin`: what vcap can change in this image, and whether the file system tells what was read. `list`: number of
 * processes of vcap's, of processes that the kernel killed for want of memory, then every node, in two records each:
 * its attributes and its path. `nodes N`: the same of these paths alone. `pack LAYER N`: keeps these paths. `drop
 * LAYER...`. `away N`: removes these trees. `unpack LAYER N`: brings these paths back from a layer, all of them for 0.
 * `unread N`: lets the next reader of these files be noticed, `unread-all` of all files of buildpacks. `settle`: ends vcap's
 * processes. `reopen CONTENTS`: takes the build directory out of the contents directory again.
 */
export const REWIND_SCRIPT = `store=${SNAPSHOT_DIR}
umask 077
mkdir -p "$store"
node='%y %i %C@ %T@ %A@ %s %m %U %G %l\\0%p\\0'
trash=0
# Nothing that is run here may read what is meant for this script.
exec 3<&0 </dev/null
answer() { printf '\\0%s\\0' "$1"; }
payload() { head -c "$1" <&3 >"$store/paths"; }
processes() {
  local status key value rest state pid
  pids=()
  for status in /proc/[0-9]*/status; do
    while read -r key value rest; do
      case $key in
        State:) state=$value ;;
        Uid:)
          pid=\${status#/proc/}
          [ "$value" != ${VCAP.uid} ] || [ "$state" = Z ] || [ "$state" = X ] || pids+=("\${pid%/status}")
          break ;;
      esac
    done 2>/dev/null <"$status"
  done
  [ \${#pids[@]} != 0 ] || return
  # What a process has in its environment is shown to its own user only.
  local left=()
  for pid in "\${pids[@]}"; do
    chroot --userspec=${VCAP.uid}:${VCAP.gid} / grep -qzs '^${SESSION_MARKER}=' "/proc/$pid/environ" || left+=("$pid")
  done
  pids=("\${left[@]}")
}
killed() {
  local key value
  killed=0
  for file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
    [ ! -r "$file" ] || while read -r key value; do [ "$key" != oom_kill ] || killed=$value; done <"$file"
  done
}
tar() { command tar --null --no-unquote --no-recursion --numeric-owner -P --xattrs --xattrs-include='user.*' "$@"; }
while read -r -u 3 operation first second rest; do
  case $operation in
    begin)
      mapfile -d '' roots < <(find / -xdev ! -type l \\( -user ${VCAP.uid} -o -group ${VCAP.gid} -perm -020 -o -perm -002 \\) -print0 -prune)
      [ ! -d /dev/shm ] || roots+=(/dev/shm)
      : >"$store/probe"
      touch -a -d @1 "$store/probe"
      cat "$store/probe"
      [ "$(stat -c %X "$store/probe")" = 1 ] || printf 'tells-reads\\0'
      answer 0 ;;
    list)
      processes
      killed
      printf '%s %s\\0' "\${#pids[@]}" "$killed"
      find "\${roots[@]}" -xdev -path ${LIFECYCLE_DIR} -prune -o -printf "$node"
      answer $? ;;
    nodes)
      payload "$first"
      xargs -0 -r -a "$store/paths" sh -c 'format=$0; find "$@" -maxdepth 0 -printf "$format"' "$node"
      answer $? ;;
    pack)
      payload "$second"
      tar --format=posix --pax-option=delete=atime,delete=ctime --sparse --atime-preserve=system -cf "$store/$first.tar" -T "$store/paths" >&2
      answer $? ;;
    drop)
      for layer in $first $second $rest; do rm -f "$store/$layer.tar"; done
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
    unread)
      payload "$first"
      xargs -0 -r -a "$store/paths" touch -h -a -c -d @1 -- >&2
      answer $? ;;
    reopen)
      [ -e ${BUILD_DIR} ] || [ ! -e "$first/app" ] || mv -T "$first/app" ${BUILD_DIR} >&2
      answer $? ;;
    unread-all)
      find ${BUILDPACKS_DIR} ${BUILDPACK_DOWNLOADS_DIR} -exec touch -h -a -c -d @1 {} + >&2
      answer $? ;;
    settle)
      while processes; [ \${#pids[@]} != 0 ]; do
        kill -KILL "\${pids[@]}" 2>/dev/null
        sleep 0.002
      done
      answer 0 ;;
  esac
done
`;
