#!/usr/bin/env bash
# What a careful person writes without cfstage: stage an app with a supply and a final buildpack in one container, gzip
# the droplet, run it with its sidecar in another, wait for the first answer. Same steps, same order, same stack image.
# Usage: by-hand.sh IMAGE APP_DIR SUPPLY_BUILDPACK FINAL_BUILDPACK SIDECAR_COMMAND
set -euo pipefail
image=$1 app=$2 supply=$3 final=$4 sidecar=$5
staging='' running='' work=$(mktemp -d)
trap 'docker rm -f $staging $running >/dev/null 2>&1; rm -rf "$work"' EXIT

staging=$(docker create -m 1024m --pids-limit 1024 --ulimit nofile=16384 --entrypoint sleep "$image" infinity)
docker start "$staging" >/dev/null
docker exec "$staging" bash -c 'mkdir -p /tmp/app /tmp/buildpacks/{0,1} /tmp/cache/{0,final} /tmp/contents/deps/{0,1} /tmp/contents/profile.d'
tar -C "$app" --owner=2000 --group=2000 -cf - . | docker cp - "$staging:/tmp/app"
tar -C "$supply" -cf - . | docker cp - "$staging:/tmp/buildpacks/0"
tar -C "$final" -cf - . | docker cp - "$staging:/tmp/buildpacks/1"
docker exec "$staging" chown -R vcap:vcap /tmp/app /tmp/cache /tmp/contents

in_staging() {
  docker exec -u vcap -w /home/vcap -e CF_STACK=cflinuxfs3 -e LANG=en_US.UTF-8 -e MEMORY_LIMIT=1024m -e VCAP_SERVICES='{}' \
    -e VCAP_APPLICATION='{}' -e CONFIG_SERVER_PORT=8082 "$staging" "$@"
}
in_staging /tmp/buildpacks/0/bin/supply /tmp/app /tmp/cache/0 /tmp/contents/deps 0
in_staging /tmp/buildpacks/1/bin/supply /tmp/app /tmp/cache/final /tmp/contents/deps 1
in_staging /tmp/buildpacks/1/bin/finalize /tmp/app /tmp/cache/final /tmp/contents/deps 1 /tmp/contents/profile.d
command=$(in_staging /tmp/buildpacks/1/bin/release /tmp/app | sed -n 's/^ *web: *//p')
in_staging bash -c 'mkdir -p /tmp/contents/tmp /tmp/contents/logs && cp -a /tmp/app /tmp/contents/app &&
  tar -czf /tmp/droplet -C /tmp/contents . && tar -czf /tmp/output-cache -C /tmp/cache .'
docker cp "$staging:/tmp/droplet" "$work/droplet.tgz"
docker cp "$staging:/tmp/output-cache" "$work/cache.tgz"

running=$(docker create -m 256m --pids-limit 1024 --ulimit nofile=16384 -p 127.0.0.1::8080 --entrypoint sleep "$image" infinity)
docker start "$running" >/dev/null
gunzip -c "$work/droplet.tgz" | docker cp - "$running:/home/vcap"
start='cd /home/vcap/app; for f in ../profile.d/*; do . "$f"; done; exec bash -c "$0"'
launch() {
  docker exec -u vcap -w /home/vcap -e HOME=/home/vcap/app -e DEPS_DIR=/home/vcap/deps -e TMPDIR=/home/vcap/tmp -e PORT=8080 \
    -e CONFIG_SERVER_PORT=8082 -e VCAP_APPLICATION='{}' -e VCAP_SERVICES='{}' "$running" bash -c "$start" "$1"
}
launch "$sidecar" >"$work/sidecar.log" 2>&1 &
launch "${command:-./start.sh}" >"$work/web.log" 2>&1 &
url=http://$(docker port "$running" 8080/tcp | head -n 1)/
until curl -fsS -o "$work/answer" "$url" 2>/dev/null; do sleep 0.02; done
docker rm -f "$staging" >/dev/null
