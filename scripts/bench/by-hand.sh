#!/usr/bin/env bash
# What a careful person writes without cfstage: stage an app with a supply and a final buildpack in one container, gzip
# the droplet, run it with its sidecar in another, wait for the first answer. Same steps, same order, same stack image;
# the build cache is kept in STATE_DIR from one run to the next. No exec that another could do along with its own work.
# Usage: by-hand.sh IMAGE APP_DIR SUPPLY_BUILDPACK FINAL_BUILDPACK SIDECAR_COMMAND PORT STATE_DIR
# Ends when the app has answered on 127.0.0.1:PORT. BENCH_LABEL is put on both containers.
set -euo pipefail
image=$1 app=$2 supply=$3 final=$4 sidecar=$5 port=$6 state=$7
staging='' running='' work=$(mktemp -d)
trap 'docker rm -f $staging $running >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
limits=(--pids-limit 1024 --ulimit nofile=16384 --label "${BENCH_LABEL:-by-hand}" --entrypoint sleep)

staging=$(docker run -d -m 1024m "${limits[@]}" "$image" infinity)
docker exec "$staging" bash -c 'mkdir -p /tmp/app /tmp/buildpacks/{0,1} /tmp/cache/{0,final} /tmp/contents/deps/{0,1} /tmp/contents/{profile.d,tmp,logs} &&
  chown -R vcap:vcap /tmp/app /tmp/cache /tmp/contents'
tar -C "$app" --owner=2000 --group=2000 -cf - . | docker cp -q - "$staging:/tmp/app"
tar -C "$supply" -cf - . | docker cp -q - "$staging:/tmp/buildpacks/0"
tar -C "$final" -cf - . | docker cp -q - "$staging:/tmp/buildpacks/1"
[ ! -f "$state/cache.tgz" ] || gunzip -c "$state/cache.tgz" | docker cp -q - "$staging:/tmp/cache"

in_staging() {
  docker exec -u vcap -w /home/vcap -e CF_STACK=cflinuxfs3 -e LANG=en_US.UTF-8 -e MEMORY_LIMIT=1024m -e VCAP_SERVICES='{}' \
    -e VCAP_APPLICATION='{}' -e CONFIG_SERVER_PORT=8082 "$staging" "$@"
}
in_staging /tmp/buildpacks/0/bin/supply /tmp/app /tmp/cache/0 /tmp/contents/deps 0
in_staging /tmp/buildpacks/1/bin/supply /tmp/app /tmp/cache/final /tmp/contents/deps 1
in_staging /tmp/buildpacks/1/bin/finalize /tmp/app /tmp/cache/final /tmp/contents/deps 1 /tmp/contents/profile.d
command=$(in_staging /tmp/buildpacks/1/bin/release /tmp/app | sed -n 's/^ *web: *//p')
# The builder copies, so does this.
in_staging bash -c 'cp -a /tmp/app /tmp/contents/app && tar -czf /tmp/droplet -C /tmp/contents . && tar -czf /tmp/output-cache -C /tmp/cache .'
docker cp -q "$staging:/tmp/droplet" "$state/droplet.tgz"
docker cp -q "$staging:/tmp/output-cache" "$state/cache.tgz"

running=$(docker run -d -m 256m -p "127.0.0.1:$port:8080" "${limits[@]}" "$image" infinity)
gunzip -c "$state/droplet.tgz" | docker cp -q - "$running:/home/vcap"
start='cd /home/vcap/app; for f in ../profile.d/*; do . "$f"; done; exec bash -c "$0"'
launch() {
  docker exec -u vcap -w /home/vcap -e HOME=/home/vcap/app -e DEPS_DIR=/home/vcap/deps -e TMPDIR=/home/vcap/tmp -e PORT=8080 \
    -e CONFIG_SERVER_PORT=8082 -e VCAP_APPLICATION='{}' -e VCAP_SERVICES='{}' "$running" bash -c "$start" "$1"
}
launch "$sidecar" >"$work/sidecar.log" 2>&1 &
launch "$command" >"$work/web.log" 2>&1 &
for _ in {1..600}; do
  ! curl -fsS -o "$work/answer" "http://127.0.0.1:$port/" 2>/dev/null || exit 0
  sleep 0.05
done
cat "$work/web.log" >&2
exit 1
