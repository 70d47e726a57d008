import type { Topology } from '../topology';
import { newManifestFile, type ManifestFile } from './manifest-file';

/** The transactions that a first deployment runs, in their order, each as `peer chaincode invoke --ctor` takes it. */
export function renderFirstTransactions({ chaincode }: Topology): ManifestFile[] {
  return chaincode.first.map(({ organisation, transaction, arguments: values }, index) => {
    const call = { function: transaction, Args: values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))) };
    return newManifestFile(`${String(index + 1).padStart(2, '0')}-${organisation}-${transaction}.json`, `${JSON.stringify(call)}\n`);
  });
}
