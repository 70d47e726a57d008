import type { Evidence } from '../committer/evidence';
import type { Version } from '../proto/version';

/** Sentences for codes that need no more than themselves (peer.TxValidationCode). */
const SENTENCES: Readonly<Record<number, string>> = {
  2: 'the envelope holds no readable payload',
  3: 'a header is missing, unreadable or of an unknown type',
  4: 'the creator is no identity of this channel, or did not sign this transaction',
  5: 'the action does not belong to the proposal that its headers describe',
  6: 'the configuration is empty',
  7: 'only endorsed transactions and configurations can be committed',
  8: 'the transaction id is not the hash of nonce and creator',
  9: 'the transaction id was used before',
  14: 'the transaction is for another channel',
  19: 'the header names no chaincode that can be read',
  21: 'the response cannot be read',
  22: 'the read-write set cannot be read',
  23: 'the read-write set holds a namespace twice',
  25: 'the chaincode is not defined, or named in two ways',
  255: 'the item is no transaction, or names no chaincode',
};

/** For people: what refused a transaction; undefined for a valid one. Keys are named, values never. */
export function explainEvidence(code: number, evidence: Evidence | undefined): string | undefined {
  if (code === 0) return undefined;
  if (evidence === undefined) return SENTENCES[code];
  switch (evidence.kind) {
    case 'undefined':
      return `${evidence.what} is not defined on this channel`;
    case 'policy':
      return `${describePlace(evidence)}: ${evidence.verdict.explanation}`;
    case 'policy-changed':
      return `${describePlace(evidence)}: transaction ${String(evidence.by)} of the same block changes its policy, so this one must be endorsed again`;
    case 'read':
      return `${describePlace(evidence)}: ${describeRead(evidence)}`;
    case 'range':
      return describeRange(evidence);
  }
}

function describePlace(place: {
  readonly namespace: string;
  readonly collection?: string | undefined;
  readonly key?: string | undefined;
}): string {
  const collection = place.collection === undefined ? '' : `, collection ${place.collection}`;
  const name = place.collection === undefined ? 'key' : 'key hash';
  const key = place.key === undefined ? '' : `, ${name} ${JSON.stringify(place.key)}`;
  return `chaincode ${place.namespace}${collection}${key}`;
}

function describeRead({ recorded, found, inBlock }: Extract<Evidence, { kind: 'read' }>): string {
  const read = `it was read ${describeVersion(recorded)}`;
  return inBlock
    ? `${read}, and an earlier transaction of the same block (${describeVersion(found)}) writes it`
    : `${read}, and is ${describeVersion(found)} now`;
}

function describeRange({ namespace, startKey, endKey, difference }: Extract<Evidence, { kind: 'range' }>): string {
  const range = `chaincode ${namespace}, range ${JSON.stringify(startKey)} to ${JSON.stringify(endKey)}`;
  if (difference === undefined) return `${range}: its content is no longer what was read`;
  const { key, recorded, found } = difference;
  return `${range}, key ${JSON.stringify(key)}: it was read ${describeVersion(recorded)}, and is ${describeVersion(found)} now`;
}

function describeVersion(version: Version | undefined): string {
  return version === undefined ? 'absent' : `at version ${String(version.block)}/${String(version.tx)}`;
}
