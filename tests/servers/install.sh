#!/usr/bin/env bash
# Installs the Debian packages that tests start as smart hosts. Does nothing where they are there.
set -euo pipefail
declare -A needed=([postfix]=/usr/sbin/postfix [openssl]=/usr/bin/openssl)
missing=()
for package in "${!needed[@]}"; do
  [ -x "${needed[$package]}" ] || missing+=("$package")
done
# The mechanisms PLAIN and LOGIN, with which Postfix offers AUTH.
compgen -G '/usr/lib/*/sasl2/liblogin.so*' >/dev/null || missing+=(libsasl2-modules)
[ "${#missing[@]}" -gt 0 ] || exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
