#!/bin/sh
set -eu
umask 077
for ca in ca tlsca; do
  mkdir -p "/run/fabric-ca/$ca" "/var/lib/fabric-ca/$ca"
  printf 's|@REGISTRAR_SECRET@|%s|\n' "$(cat "/etc/medaccord/$ca/registrar-secret")" > "/run/fabric-ca/fill"
  sed -f "/run/fabric-ca/fill" "/etc/hyperledger/fabric-ca-server/$ca.yaml" > "/run/fabric-ca/$ca/fabric-ca-server-config.yaml"
  rm "/run/fabric-ca/fill"
done
exec fabric-ca-server start --home /run/fabric-ca/tlsca
