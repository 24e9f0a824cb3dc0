#!/usr/bin/env bash
# What a person does without cfstage to see the log of an app: run it in a container and write what it says to a file.
# Usage: by-hand-log.sh IMAGE APP_DIR LINES >LOG. Goes on until it is ended. BENCH_LABEL is put on the container.
set -euo pipefail
container=''
trap 'docker rm -f $container >/dev/null 2>&1 || true' EXIT
trap 'exit 0' TERM
container=$(docker run -d --label "${BENCH_LABEL:-by-hand}" --entrypoint sleep "$1" infinity)
tar -C "$2" --owner=2000 --group=2000 -cf - . | docker cp -q - "$container:/home/vcap"
docker exec -u vcap -w /home/vcap -e OUT_LINES="$3" "$container" perl flood.pl
