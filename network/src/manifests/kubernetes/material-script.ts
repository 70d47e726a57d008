import { listMaterial, type MaterialFile, type Workload } from '../workload';
import type { ManifestFile } from '../manifest-file';
import type { Owner } from './kubernetes-object';

/** Beside the manifests: makes Secrets and ConfigMaps out of files that exist only where the material is. */
export function renderMaterialScript(folder: string, { namespace }: Owner, workloads: readonly Workload[]): ManifestFile {
  const material = listMaterial(workloads);
  const nameOf = ({ object }: MaterialFile): string => `${object.kind === 'Secret' ? 'secret generic' : 'configmap'} ${object.name}`;
  const objects = [...new Set(material.map(nameOf))];
  const files = [...new Set(material.map(({ file }) => file))];
  const text = `#!/bin/sh
# Rendered from the topology of the network: change the topology, not this file.
# Prints the Secrets and ConfigMaps that the pods of namespace ${namespace} read:
#   sh material.sh FOLDER | kubectl apply -f -
# FOLDER is that of all organisations' material, run/<network>/organisations unless another was asked for.
set -eu
cd "\${1:?Name the folder of all organisations material}"
for file in ${files.join(' ')}; do
  [ -r "$file" ] || { echo "$file is missing, or not yours to read" >&2; exit 1; }
done
create() { kubectl --namespace ${namespace} create "$@" --dry-run=client --output yaml; echo ---; }
${objects
  .map(
    (name) =>
      `create ${name}${material
        .filter((file) => nameOf(file) === name)
        .map(formatPart)
        .join('')}`,
  )
  .join('\n')}
`;
  return { path: `${folder}/material.sh`, text, executable: true };
}

function formatPart({ file, object }: MaterialFile): string {
  return ` \\\n  --from-file=${object.key}=${file}`;
}
