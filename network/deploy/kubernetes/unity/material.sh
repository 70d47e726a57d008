#!/bin/sh
# Rendered from the topology of the network: change the topology, not this file.
# Prints the Secrets and ConfigMaps that the pods of namespace medaccord-unity read:
#   sh material.sh FOLDER | kubectl apply -f -
# FOLDER is that of all organisations' material, run/<network>/organisations unless another was asked for.
set -eu
cd "${1:?Name the folder of all organisations material}"
for file in unity/identities/orderer/msp/signcerts/cert.pem unity/identities/orderer/msp/keystore/key.pem unity/msp/cacerts/ca.pem unity/msp/tlscacerts/tlsca.pem unity/msp/config.yaml unity/identities/orderer/tls/server.crt unity/identities/orderer/tls/server.key unity/identities/orderer/tls/ca.crt unity/identities/peer/msp/signcerts/cert.pem unity/identities/peer/msp/keystore/key.pem unity/identities/peer/tls/server.crt unity/identities/peer/tls/server.key unity/identities/peer/tls/ca.crt unity/identities/chaincode/tls/server.crt unity/identities/chaincode/tls/server.key unity/identities/chaincode/tls/ca.crt unity/ca/ca-cert.pem unity/ca/ca-key.pem unity/ca/registrar-secret unity/tlsca/ca-cert.pem unity/tlsca/ca-key.pem unity/tlsca/registrar-secret unity/identities/gateway/msp/signcerts/cert.pem unity/identities/gateway/msp/keystore/key.pem northside/msp/tlscacerts/tlsca.pem lakeview/msp/tlscacerts/tlsca.pem authority/msp/tlscacerts/tlsca.pem; do
  [ -r "$file" ] || { echo "$file is missing, or not yours to read" >&2; exit 1; }
done
create() { kubectl --namespace medaccord-unity create "$@" --dry-run=client --output yaml; echo ---; }
create secret generic orderer-identity \
  --from-file=cert.pem=unity/identities/orderer/msp/signcerts/cert.pem \
  --from-file=key.pem=unity/identities/orderer/msp/keystore/key.pem
create configmap organisation-msp \
  --from-file=ca.pem=unity/msp/cacerts/ca.pem \
  --from-file=tlsca.pem=unity/msp/tlscacerts/tlsca.pem \
  --from-file=config.yaml=unity/msp/config.yaml
create secret generic orderer-tls \
  --from-file=tls.crt=unity/identities/orderer/tls/server.crt \
  --from-file=tls.key=unity/identities/orderer/tls/server.key \
  --from-file=ca.crt=unity/identities/orderer/tls/ca.crt
create secret generic peer-identity \
  --from-file=cert.pem=unity/identities/peer/msp/signcerts/cert.pem \
  --from-file=key.pem=unity/identities/peer/msp/keystore/key.pem
create secret generic peer-tls \
  --from-file=tls.crt=unity/identities/peer/tls/server.crt \
  --from-file=tls.key=unity/identities/peer/tls/server.key \
  --from-file=ca.crt=unity/identities/peer/tls/ca.crt
create secret generic chaincode-tls \
  --from-file=tls.crt=unity/identities/chaincode/tls/server.crt \
  --from-file=tls.key=unity/identities/chaincode/tls/server.key \
  --from-file=ca.crt=unity/identities/chaincode/tls/ca.crt
create secret generic ca-root \
  --from-file=ca-cert.pem=unity/ca/ca-cert.pem \
  --from-file=ca-key.pem=unity/ca/ca-key.pem
create secret generic ca-registrar \
  --from-file=registrar-secret=unity/ca/registrar-secret
create secret generic tlsca-root \
  --from-file=ca-cert.pem=unity/tlsca/ca-cert.pem \
  --from-file=ca-key.pem=unity/tlsca/ca-key.pem
create secret generic tlsca-registrar \
  --from-file=registrar-secret=unity/tlsca/registrar-secret
create secret generic gateway-identity \
  --from-file=cert.pem=unity/identities/gateway/msp/signcerts/cert.pem \
  --from-file=key.pem=unity/identities/gateway/msp/keystore/key.pem
create configmap member-roots \
  --from-file=northside.pem=northside/msp/tlscacerts/tlsca.pem \
  --from-file=lakeview.pem=lakeview/msp/tlscacerts/tlsca.pem \
  --from-file=unity.pem=unity/msp/tlscacerts/tlsca.pem \
  --from-file=authority.pem=authority/msp/tlscacerts/tlsca.pem
