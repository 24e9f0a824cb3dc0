import { HEALTHCHECK_SCRIPT } from './healthcheck-script.ts';
import { INIT_SCRIPT } from './init-script.ts';
import { launchScript, SHELL_SCRIPT } from './launch-script.ts';
import { SSHD_SCRIPT } from './sshd-script.ts';

/**
 * The pid 1 of every container of ours. Containers are started first, because what is sent into them depends on their
 * address; pid 1 waits for the last of LIFECYCLE_FILES, when `init` has been written to its end.
 */
export const INIT_ARGV = [
  '/bin/bash',
  '-c',
  'until [ -s /tmp/lifecycle/shell ]; do sleep 0.01; done; exec /bin/bash /tmp/lifecycle/init',
] as const;

/** Name → text of the executables in /tmp/lifecycle; all are mode 0755 and owned by root, as the read-only mount of a cell is. */
export const LIFECYCLE_FILES: Readonly<Record<string, string>> = {
  init: INIT_SCRIPT,
  healthcheck: HEALTHCHECK_SCRIPT,
  sshd: SSHD_SCRIPT,
  launcher: byHand(
    `[ $# -ge 3 ] || { printf '%s: received only %s arguments\\nUsage: %s <app-directory> <start-command> <metadata>' "$0" $# "$0" >&2; exit 1; }
info=staging_info.yml
dir=$(realpath -ms "$1") command=$2
[ -n "$command" ] || [ ! -f $info ] || command=$(jq -r '.start_command // empty' $info)
[ -n "$command" ] || { printf '%s: no start command specified or detected in droplet' "$0" >&2; exit 1; }
prefix=
[ ! -f $info ] || prefix=$(jq -r '.config.entrypoint_prefix // empty' $info)`,
    `exec bash -c "\${script/'exec bash -c'/"exec \${prefix:-bash -c}"}" "$0" "$dir" "$command"`,
    launchScript(),
  ),
  shell: byHand(
    `dir=\${1:-$HOME/app}
if [ ! -e "$dir" ]; then
  [ $# -ge 1 ] && echo 'Provided app direcory does not exist' >&2 || echo 'Could not infer app directory, please provide one' >&2
  exit 1
fi
dir=$(realpath -ms "$dir") command=\${2:-bash}`,
    `exec bash -c "$script" "$0" "$dir" "$command"`,
    SHELL_SCRIPT,
  ),
};

/**
 * Launcher and shell for people who come by ssh. What they do to the environment is decided in TypeScript
 * (launcher-environment.ts) and left by the tool in `launcher.env`; only the three paths depend on the directory.
 */
function byHand(decide: string, run: string, script: string): string {
  return `#!/bin/bash
${decide}
[ ! -f /tmp/lifecycle/launcher.env ] || . /tmp/lifecycle/launcher.env
unset VCAP_PLATFORM_OPTIONS
export HOME=$dir TMPDIR=\${dir%/*}/tmp DEPS_DIR=\${dir%/*}/deps
script=$(cat <<'SCRIPT'
${script}SCRIPT
)
${run}
`;
}
