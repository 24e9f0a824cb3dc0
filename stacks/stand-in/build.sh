#!/bin/sh
# Builds the root file system of a stack's stand-in from the distribution's packages.
#
#   build.sh STACK OUT.tar
#
# Needs mmdebstrap and root (or user namespaces). Reads ../STACK.json and packages.txt; the caller imports OUT.tar.
set -eu

stack=$1
out=$2
here=$(cd "$(dirname "$0")" && pwd)
definition=$here/../$stack.json

# mmdebstrap depends on perl, so this JSON reader is there whenever the build can run at all.
listed() {
  perl -MJSON::PP -0777 -ne 'print join(" ", @{decode_json($_)->{standIn}{$ENV{KEY}} || []})' "$definition"
}

packages=$(KEY=packages listed)
CFSTAGE_WITHOUT=$(KEY=without listed)
export CFSTAGE_WITHOUT
include=$(printf '%s\n' $packages | cat "$here/packages.txt" - | paste -sd, | sed 's/,*$//')

suite=bookworm
distribution=
if [ -r /etc/os-release ]; then
  . /etc/os-release
  case ${ID:-} in
    debian | ubuntu)
      distribution=$ID
      suite=${VERSION_CODENAME:-$suite}
      ;;
  esac
fi

components=main
[ "$distribution" != ubuntu ] || components=main,universe

# The mirror this machine already uses for the suite; without one, mmdebstrap's own default.
mirror=
if [ -n "$distribution" ]; then
  mirror=$(apt-get indextargets --format '$(CREATED_BY) $(RELEASE) $(COMPONENT) $(REPO_URI)' 2>/dev/null |
    awk -v suite="$suite" '$1 == "Packages" && $2 == suite && $3 == "main" && $4 ~ /^https?:/ { print $4; exit }')
fi

exec mmdebstrap --quiet --variant=minbase --format=tar \
  --components="$components" --include="$include" \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/lintian/*' \
  --dpkgopt='path-exclude=/usr/share/gitweb/*' --dpkgopt='path-exclude=/usr/share/bug/*' \
  --customize-hook="sh '$here/customise.sh' \"\$1\"" \
  "$suite" "$out" ${mirror:+"$mirror"}
