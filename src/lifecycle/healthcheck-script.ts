/**
 * Startup, liveness and readiness checks, run as root in the container against its own address, so that an app that
 * listens on 127.0.0.1 only never becomes healthy.
 *
 * Arguments: address, port, path (empty: TCP only), seconds for one attempt, then
 * `until-pass INTERVAL DEADLINE` (ends with 0 when an attempt passes, with 1 at the deadline) or
 * `until-fail INTERVAL` (ends with 1 when one fails); intervals and deadline in seconds, deadline 0 for none.
 * With 1 it prints the number of attempts and the last failure, tab-separated.
 * Wording: healthcheck healthcheck.go and cmd/healthcheck/main.go.
 */
export const HEALTHCHECK_SCRIPT = `#!/bin/bash
address=$1 port=$2 path=$3 attempt_seconds=$4 mode=$5 interval=$6 deadline=\${7:-0}
attempts=0 reason=

tcp() {
  reason="failed to make TCP connection to $address:$port: "
  timeout "$attempt_seconds" bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$address" "$port" 2>/dev/null
  case $? in
    0) return 0 ;;
    124) reason+="timed out after $attempt_seconds.00 seconds" ;;
    *) reason+="dial tcp $address:$port: connect: connection refused" ;;
  esac
  return 1
}

http() {
  local status
  reason="failed to make HTTP request to '$path' on port $port: "
  status=$(curl -s -L -o /dev/null -w '%{http_code} %{time_total}' -m "$attempt_seconds" -A diego-healthcheck \\
    -H 'X-Forwarded-Proto: https' "http://$address:$port$path")
  case $? in
    0) ;;
    28) reason+="timed out after $attempt_seconds.00 seconds"; return 1 ;;
    *) reason+='connection refused'; return 1 ;;
  esac
  [ "\${status%% *}" = 200 ] && return 0
  reason+="received status code \${status%% *} in $(awk -v t="\${status##* }" 'BEGIN { printf "%d", t * 1000 }')ms"
  return 1
}

attempt() {
  attempts=$((attempts + 1))
  if [ -n "$path" ]; then http; else tcp; fi
}

while :; do
  if attempt; then
    [ "$mode" = until-fail ] || exit 0
  elif [ "$mode" = until-fail ] || { [ "$deadline" != 0 ] && [ "$SECONDS" -ge "$deadline" ]; }; then
    printf '%s\\t%s\\n' "$attempts" "$reason"
    exit 1
  fi
  sleep "$interval"
done
`;
