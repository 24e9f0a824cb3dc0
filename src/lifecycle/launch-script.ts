const SOURCE_PROFILES = `if [ -n "$(ls ../profile.d/* 2>/dev/null)" ]; then
  for env_file in ../profile.d/*; do source $env_file; done
fi
if [ -n "$(ls .profile.d/* 2>/dev/null)" ]; then
  for env_file in .profile.d/*; do source $env_file; done
fi`;

/**
 * What the launcher has bash do: `$1` is the app directory, `$2` the start command. Nothing is quoted and nothing
 * runs in a function, because profile scripts see the difference.
 * Source: buildpackapplifecycle launcher/launcher_unix.go.
 */
export function launchScript(entrypointPrefix = ''): string {
  return `cd "$1"
echo 'Invoking pre-start scripts.'
${SOURCE_PROFILES}
if [ -f .profile ]; then source .profile; fi
shift
echo 'Invoking start command.'
exec ${entrypointPrefix === '' ? 'bash -c' : entrypointPrefix} "$@"
`;
}

/** The same for `/tmp/lifecycle/shell`: silent and without `.profile`. Source: buildpackapplifecycle shell/shell.go. */
export const SHELL_SCRIPT = `cd "$1"
${SOURCE_PROFILES}
shift
exec bash -c "$@"
`;
