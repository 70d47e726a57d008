import type { GroupId, MspId, RecordId, RelationRef, RequestId, SubjectRef } from './identifiers';

// Keys are Fabric's composite keys (fabric-shim lib/stub.js createCompositeKey): U+0000, type, U+0000, then each attribute with U+0000.

/** The kinds of public keys. */
export const publicKeyTypes = [
  'rules',
  'organisation',
  'patient',
  'relation',
  'consent',
  'group',
  'record',
  'record-status',
  'request',
  'decision',
  'delivery',
] as const;
export type PublicKeyType = (typeof publicKeyTypes)[number];

/** A key taken apart. */
export interface KeyParts {
  readonly type: string;
  readonly attributes: readonly string[];
}

/** Formats a composite key. Types and attributes of the model hold no U+0000. */
export function formatKey(type: string, ...attributes: readonly string[]): string {
  return `\u0000${[type, ...attributes].join('\u0000')}\u0000`;
}

/** Takes a composite key apart; undefined when it is none. */
export function parseKey(key: string): KeyParts | undefined {
  const parts = key.split('\u0000');
  if (parts.length < 3 || parts[0] !== '' || parts.at(-1) !== '') return undefined;
  const [type = '', ...attributes] = parts.slice(1, -1);
  return { type, attributes };
}

export const rulesKey = (): string => formatKey('rules');
export const organisationKey = (mspId: MspId): string => formatKey('organisation', mspId);
export const patientKey = (subjectRef: SubjectRef): string => formatKey('patient', subjectRef);
export const relationKey = (relationRef: RelationRef): string => formatKey('relation', relationRef);
export const consentKey = (relationRef: RelationRef, version: number): string => formatKey('consent', relationRef, String(version));
/** Groups are a custodian's own: another member can neither close nor occupy one. */
export const groupKey = (custodian: MspId, groupId: GroupId): string => formatKey('group', custodian, groupId);
export const recordKey = (recordId: RecordId, version: number): string => formatKey('record', recordId, String(version));
export const recordStatusKey = (recordId: RecordId): string => formatKey('record-status', recordId);
export const requestKey = (relationRef: RelationRef, requestId: RequestId): string => formatKey('request', relationRef, requestId);
export const decisionKey = (relationRef: RelationRef, requestId: RequestId): string => formatKey('decision', relationRef, requestId);
export const deliveryKey = (relationRef: RelationRef, requestId: RequestId, part: number): string =>
  formatKey('delivery', relationRef, requestId, String(part));

/** The key of the marker by which an organisation is present in a transaction. */
export const presenceKey = (): string => formatKey('presence');

/** The implicit collection of an organisation. */
export const implicitCollection = (mspId: MspId): string => `_implicit_org_${mspId}`;
