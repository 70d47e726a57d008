#!/bin/sh
# Rendered from the topology of the network: change the topology, not this file.
# Prints the Secrets and ConfigMaps that the pods of namespace medaccord-northside read:
#   sh material.sh FOLDER | kubectl apply -f -
# FOLDER is that of all organisations' material, run/<network>/organisations unless another was asked for.
set -eu
cd "${1:?Name the folder of all organisations material}"
for file in northside/identities/orderer/msp/signcerts/cert.pem northside/identities/orderer/msp/keystore/key.pem northside/msp/cacerts/ca.pem northside/msp/tlscacerts/tlsca.pem northside/msp/config.yaml northside/identities/orderer/tls/server.crt northside/identities/orderer/tls/server.key northside/identities/orderer/tls/ca.crt northside/identities/peer/msp/signcerts/cert.pem northside/identities/peer/msp/keystore/key.pem northside/identities/peer/tls/server.crt northside/identities/peer/tls/server.key northside/identities/peer/tls/ca.crt northside/identities/chaincode/tls/server.crt northside/identities/chaincode/tls/server.key northside/identities/chaincode/tls/ca.crt northside/ca/ca-cert.pem northside/ca/ca-key.pem northside/ca/registrar-secret northside/tlsca/ca-cert.pem northside/tlsca/ca-key.pem northside/tlsca/registrar-secret northside/identities/gateway/msp/signcerts/cert.pem northside/identities/gateway/msp/keystore/key.pem lakeview/msp/tlscacerts/tlsca.pem unity/msp/tlscacerts/tlsca.pem authority/msp/tlscacerts/tlsca.pem; do
  [ -r "$file" ] || { echo "$file is missing, or not yours to read" >&2; exit 1; }
done
create() { kubectl --namespace medaccord-northside create "$@" --dry-run=client --output yaml; echo ---; }
create secret generic orderer-identity \
  --from-file=cert.pem=northside/identities/orderer/msp/signcerts/cert.pem \
  --from-file=key.pem=northside/identities/orderer/msp/keystore/key.pem
create configmap organisation-msp \
  --from-file=ca.pem=northside/msp/cacerts/ca.pem \
  --from-file=tlsca.pem=northside/msp/tlscacerts/tlsca.pem \
  --from-file=config.yaml=northside/msp/config.yaml
create secret generic orderer-tls \
  --from-file=tls.crt=northside/identities/orderer/tls/server.crt \
  --from-file=tls.key=northside/identities/orderer/tls/server.key \
  --from-file=ca.crt=northside/identities/orderer/tls/ca.crt
create secret generic peer-identity \
  --from-file=cert.pem=northside/identities/peer/msp/signcerts/cert.pem \
  --from-file=key.pem=northside/identities/peer/msp/keystore/key.pem
create secret generic peer-tls \
  --from-file=tls.crt=northside/identities/peer/tls/server.crt \
  --from-file=tls.key=northside/identities/peer/tls/server.key \
  --from-file=ca.crt=northside/identities/peer/tls/ca.crt
create secret generic chaincode-tls \
  --from-file=tls.crt=northside/identities/chaincode/tls/server.crt \
  --from-file=tls.key=northside/identities/chaincode/tls/server.key \
  --from-file=ca.crt=northside/identities/chaincode/tls/ca.crt
create secret generic ca-root \
  --from-file=ca-cert.pem=northside/ca/ca-cert.pem \
  --from-file=ca-key.pem=northside/ca/ca-key.pem
create secret generic ca-registrar \
  --from-file=registrar-secret=northside/ca/registrar-secret
create secret generic tlsca-root \
  --from-file=ca-cert.pem=northside/tlsca/ca-cert.pem \
  --from-file=ca-key.pem=northside/tlsca/ca-key.pem
create secret generic tlsca-registrar \
  --from-file=registrar-secret=northside/tlsca/registrar-secret
create secret generic gateway-identity \
  --from-file=cert.pem=northside/identities/gateway/msp/signcerts/cert.pem \
  --from-file=key.pem=northside/identities/gateway/msp/keystore/key.pem
create configmap member-roots \
  --from-file=northside.pem=northside/msp/tlscacerts/tlsca.pem \
  --from-file=lakeview.pem=lakeview/msp/tlscacerts/tlsca.pem \
  --from-file=unity.pem=unity/msp/tlscacerts/tlsca.pem \
  --from-file=authority.pem=authority/msp/tlscacerts/tlsca.pem
