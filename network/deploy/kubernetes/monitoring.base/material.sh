#!/bin/sh
# Rendered from the topology of the network: change the topology, not this file.
# Prints the Secrets and ConfigMaps that the pods of namespace medaccord-monitoring read:
#   sh material.sh FOLDER | kubectl apply -f -
# FOLDER is that of all organisations' material, run/<network>/organisations unless another was asked for.
set -eu
cd "${1:?Name the folder of all organisations material}"
for file in monitoring/grafana-password; do
  [ -r "$file" ] || { echo "$file is missing, or not yours to read" >&2; exit 1; }
done
create() { kubectl --namespace medaccord-monitoring create "$@" --dry-run=client --output yaml; echo ---; }
create secret generic grafana-admin \
  --from-file=password=monitoring/grafana-password
