/**
 * What the builder does after the last script, as far as it must be done in the container: `$1` is the contents
 * directory, `$2` the build directory, `$3` is `pack` or `peek`. Prints a tar of the small files that TypeScript then
 * decides from. The build directory is moved, not copied: nobody reads it again, and a rename costs nothing.
 * Ends with 91 or 92 when a step of packing fails. Source: buildpackrunner/runner.go, `packageDroplet`.
 */
export const COLLECT_SCRIPT = `cd "$1" || exit 91
app=$2
if [ "$3" = pack ]; then
  mkdir -p -m 755 tmp logs || exit 91
  rm -f staging_info.yml
  mv "$2" app || exit 92
  app=app
fi
files=()
for file in deps/*/launch.yml deps/*/config.yml "$app/Procfile"; do [ ! -e "$file" ] || files+=("$file"); done
tar -chPf - --no-recursion --transform="s,^$app/Procfile,Procfile," -T /dev/null -- "\${files[@]}"
`;

export const COLLECT_DIRECTORIES_FAILED = 91;
export const COLLECT_COPY_FAILED = 92;
