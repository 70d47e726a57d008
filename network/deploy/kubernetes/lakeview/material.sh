#!/bin/sh
# Rendered from the topology of the network: change the topology, not this file.
# Prints the Secrets and ConfigMaps that the pods of namespace medaccord-lakeview read:
#   sh material.sh FOLDER | kubectl apply -f -
# FOLDER is that of all organisations' material, run/<network>/organisations unless another was asked for.
set -eu
cd "${1:?Name the folder of all organisations material}"
for file in lakeview/identities/orderer/msp/signcerts/cert.pem lakeview/identities/orderer/msp/keystore/key.pem lakeview/msp/cacerts/ca.pem lakeview/msp/tlscacerts/tlsca.pem lakeview/msp/config.yaml lakeview/identities/orderer/tls/server.crt lakeview/identities/orderer/tls/server.key lakeview/identities/orderer/tls/ca.crt lakeview/identities/peer/msp/signcerts/cert.pem lakeview/identities/peer/msp/keystore/key.pem lakeview/identities/peer/tls/server.crt lakeview/identities/peer/tls/server.key lakeview/identities/peer/tls/ca.crt lakeview/identities/chaincode/tls/server.crt lakeview/identities/chaincode/tls/server.key lakeview/identities/chaincode/tls/ca.crt lakeview/ca/ca-cert.pem lakeview/ca/ca-key.pem lakeview/ca/registrar-secret lakeview/tlsca/ca-cert.pem lakeview/tlsca/ca-key.pem lakeview/tlsca/registrar-secret lakeview/identities/gateway/msp/signcerts/cert.pem lakeview/identities/gateway/msp/keystore/key.pem northside/msp/tlscacerts/tlsca.pem unity/msp/tlscacerts/tlsca.pem authority/msp/tlscacerts/tlsca.pem; do
  [ -r "$file" ] || { echo "$file is missing, or not yours to read" >&2; exit 1; }
done
create() { kubectl --namespace medaccord-lakeview create "$@" --dry-run=client --output yaml; echo ---; }
create secret generic orderer-identity \
  --from-file=cert.pem=lakeview/identities/orderer/msp/signcerts/cert.pem \
  --from-file=key.pem=lakeview/identities/orderer/msp/keystore/key.pem
create configmap organisation-msp \
  --from-file=ca.pem=lakeview/msp/cacerts/ca.pem \
  --from-file=tlsca.pem=lakeview/msp/tlscacerts/tlsca.pem \
  --from-file=config.yaml=lakeview/msp/config.yaml
create secret generic orderer-tls \
  --from-file=tls.crt=lakeview/identities/orderer/tls/server.crt \
  --from-file=tls.key=lakeview/identities/orderer/tls/server.key \
  --from-file=ca.crt=lakeview/identities/orderer/tls/ca.crt
create secret generic peer-identity \
  --from-file=cert.pem=lakeview/identities/peer/msp/signcerts/cert.pem \
  --from-file=key.pem=lakeview/identities/peer/msp/keystore/key.pem
create secret generic peer-tls \
  --from-file=tls.crt=lakeview/identities/peer/tls/server.crt \
  --from-file=tls.key=lakeview/identities/peer/tls/server.key \
  --from-file=ca.crt=lakeview/identities/peer/tls/ca.crt
create secret generic chaincode-tls \
  --from-file=tls.crt=lakeview/identities/chaincode/tls/server.crt \
  --from-file=tls.key=lakeview/identities/chaincode/tls/server.key \
  --from-file=ca.crt=lakeview/identities/chaincode/tls/ca.crt
create secret generic ca-root \
  --from-file=ca-cert.pem=lakeview/ca/ca-cert.pem \
  --from-file=ca-key.pem=lakeview/ca/ca-key.pem
create secret generic ca-registrar \
  --from-file=registrar-secret=lakeview/ca/registrar-secret
create secret generic tlsca-root \
  --from-file=ca-cert.pem=lakeview/tlsca/ca-cert.pem \
  --from-file=ca-key.pem=lakeview/tlsca/ca-key.pem
create secret generic tlsca-registrar \
  --from-file=registrar-secret=lakeview/tlsca/registrar-secret
create secret generic gateway-identity \
  --from-file=cert.pem=lakeview/identities/gateway/msp/signcerts/cert.pem \
  --from-file=key.pem=lakeview/identities/gateway/msp/keystore/key.pem
create configmap member-roots \
  --from-file=northside.pem=northside/msp/tlscacerts/tlsca.pem \
  --from-file=lakeview.pem=lakeview/msp/tlscacerts/tlsca.pem \
  --from-file=unity.pem=unity/msp/tlscacerts/tlsca.pem \
  --from-file=authority.pem=authority/msp/tlscacerts/tlsca.pem
