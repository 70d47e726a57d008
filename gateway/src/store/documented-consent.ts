import { isOwnDocument, type ConsentEntry } from '@medaccord/chaincode/model';
import type { Facts } from './facts';

/** The newest version with a document that the patient signed herself, at or before a version: what an emergency is decided by. */
export function findDocumentedConsent(facts: Pick<Facts, 'find'>, relationRef: string, newest: number): ConsentEntry | undefined {
  for (let version = newest; version >= 1; version -= 1) {
    const entry = facts.find<ConsentEntry>('consent', relationRef, String(version))?.value;
    if (entry !== undefined && isOwnDocument(entry)) return entry;
  }
  return undefined;
}
