/**
 * What the builder does after the last script, as far as it must be done in the container: `$1` is the contents
 * directory, `$2` the build directory, `$3` the cache, `$4` is `pack` or `peek`. Prints a tar of the small files that
 * TypeScript then decides from. The build directory is moved, not copied: nobody reads it again, and a rename costs
 * nothing. Only where the builder's own `cp` and `tar` would fail on a file that vcap cannot read do they run, for what
 * they say. Ends with 91 … 94 when a step of packing fails. Source: buildpackrunner/runner.go, `packageDroplet`.
 */
export const COLLECT_SCRIPT = `cd "$1" || exit 91
app=$2
unreadable() { [ -n "$(find "$1" ! -type l ! -readable -print -quit 2>/dev/null)" ]; }
archived() { tar -cf - -C "$1" . | cat >/dev/null; return \${PIPESTATUS[0]}; }
if [ "$4" = pack ]; then
  mkdir -p -m 755 tmp logs || exit 91
  rm -f staging_info.yml
  if unreadable "$2"; then cp -a "$2" app; else mv "$2" app; fi || exit 92
  ! unreadable . || archived . || exit 93
  ! unreadable "$3" || archived "$3" || exit 94
  app=app
fi
files=()
for file in deps/*/launch.yml deps/*/config.yml "$app/Procfile"; do [ ! -e "$file" ] || files+=("$file"); done
tar -chPf - --no-recursion --transform="s,^$app/Procfile,Procfile," -T /dev/null -- "\${files[@]}"
`;

/** Exit codes of the script → the step of packing that failed. */
export const COLLECT_FAILURES = { 91: 'directories', 92: 'copy', 93: 'droplet', 94: 'cache' } as const;
