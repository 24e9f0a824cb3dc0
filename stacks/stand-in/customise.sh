#!/bin/sh
# Turns a plain root file system into a stack's: customise.sh ROOT. CFSTAGE_WITHOUT lists commands it must not carry.
set -eu

root=$1

chroot "$root" useradd --uid 2000 --create-home --user-group --shell /bin/bash vcap
mkdir "$root/home/vcap/app"
chown 2000:2000 "$root/home/vcap/app"
ln -s /home/vcap/app "$root/app"

echo 'LANG="en_US.UTF-8"' >"$root/etc/default/locale"
echo 'en_US.UTF-8 UTF-8' >"$root/etc/locale.gen"
chroot "$root" localedef -i en_US -f UTF-8 en_US.UTF-8

# Before the first section, so that an app's file can still set the default section's names.
sed -i '0,/^\[/s//.include \/tmp\/app\/openssl.cnf\n.include \/home\/vcap\/app\/openssl.cnf\n\n[/' "$root/etc/ssl/openssl.cnf"

# Only needed to generate locales.
rm -rf "$root/usr/share/i18n" "$root"/var/cache/debconf/*-old "$root"/var/log/*.log

[ "$(chroot "$root" id -u vcap):$(chroot "$root" id -g vcap)" = 2000:2000 ]
[ "$(grep -c '^\.include ' "$root/etc/ssl/openssl.cnf")" = 2 ]
chroot "$root" openssl version >/dev/null
chroot "$root" curl --version >/dev/null
for command in $CFSTAGE_WITHOUT; do
  if chroot "$root" sh -c "command -v $command" >/dev/null; then
    echo "stand-in: a package brought in $command, which this stack must not carry" >&2
    exit 1
  fi
done
