#!/bin/sh
# Rendered from the topology of the network: change the topology, not this file.
# Prints the Secrets and ConfigMaps that the pods of namespace medaccord-authority read:
#   sh material.sh FOLDER | kubectl apply -f -
# FOLDER is that of all organisations' material, run/<network>/organisations unless another was asked for.
set -eu
cd "${1:?Name the folder of all organisations material}"
for file in authority/identities/orderer/msp/signcerts/cert.pem authority/identities/orderer/msp/keystore/key.pem authority/msp/cacerts/ca.pem authority/msp/tlscacerts/tlsca.pem authority/msp/config.yaml authority/identities/orderer/tls/server.crt authority/identities/orderer/tls/server.key authority/identities/orderer/tls/ca.crt authority/identities/peer/msp/signcerts/cert.pem authority/identities/peer/msp/keystore/key.pem authority/identities/peer/tls/server.crt authority/identities/peer/tls/server.key authority/identities/peer/tls/ca.crt authority/identities/chaincode/tls/server.crt authority/identities/chaincode/tls/server.key authority/identities/chaincode/tls/ca.crt authority/ca/ca-cert.pem authority/ca/ca-key.pem authority/ca/registrar-secret authority/tlsca/ca-cert.pem authority/tlsca/ca-key.pem authority/tlsca/registrar-secret authority/identities/gateway/msp/signcerts/cert.pem authority/identities/gateway/msp/keystore/key.pem northside/msp/tlscacerts/tlsca.pem lakeview/msp/tlscacerts/tlsca.pem unity/msp/tlscacerts/tlsca.pem; do
  [ -r "$file" ] || { echo "$file is missing, or not yours to read" >&2; exit 1; }
done
create() { kubectl --namespace medaccord-authority create "$@" --dry-run=client --output yaml; echo ---; }
create secret generic orderer-identity \
  --from-file=cert.pem=authority/identities/orderer/msp/signcerts/cert.pem \
  --from-file=key.pem=authority/identities/orderer/msp/keystore/key.pem
create configmap organisation-msp \
  --from-file=ca.pem=authority/msp/cacerts/ca.pem \
  --from-file=tlsca.pem=authority/msp/tlscacerts/tlsca.pem \
  --from-file=config.yaml=authority/msp/config.yaml
create secret generic orderer-tls \
  --from-file=tls.crt=authority/identities/orderer/tls/server.crt \
  --from-file=tls.key=authority/identities/orderer/tls/server.key \
  --from-file=ca.crt=authority/identities/orderer/tls/ca.crt
create secret generic peer-identity \
  --from-file=cert.pem=authority/identities/peer/msp/signcerts/cert.pem \
  --from-file=key.pem=authority/identities/peer/msp/keystore/key.pem
create secret generic peer-tls \
  --from-file=tls.crt=authority/identities/peer/tls/server.crt \
  --from-file=tls.key=authority/identities/peer/tls/server.key \
  --from-file=ca.crt=authority/identities/peer/tls/ca.crt
create secret generic chaincode-tls \
  --from-file=tls.crt=authority/identities/chaincode/tls/server.crt \
  --from-file=tls.key=authority/identities/chaincode/tls/server.key \
  --from-file=ca.crt=authority/identities/chaincode/tls/ca.crt
create secret generic ca-root \
  --from-file=ca-cert.pem=authority/ca/ca-cert.pem \
  --from-file=ca-key.pem=authority/ca/ca-key.pem
create secret generic ca-registrar \
  --from-file=registrar-secret=authority/ca/registrar-secret
create secret generic tlsca-root \
  --from-file=ca-cert.pem=authority/tlsca/ca-cert.pem \
  --from-file=ca-key.pem=authority/tlsca/ca-key.pem
create secret generic tlsca-registrar \
  --from-file=registrar-secret=authority/tlsca/registrar-secret
create secret generic gateway-identity \
  --from-file=cert.pem=authority/identities/gateway/msp/signcerts/cert.pem \
  --from-file=key.pem=authority/identities/gateway/msp/keystore/key.pem
create configmap member-roots \
  --from-file=northside.pem=northside/msp/tlscacerts/tlsca.pem \
  --from-file=lakeview.pem=lakeview/msp/tlscacerts/tlsca.pem \
  --from-file=unity.pem=unity/msp/tlscacerts/tlsca.pem \
  --from-file=authority.pem=authority/msp/tlscacerts/tlsca.pem
