import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import {
  bindingPreimage,
  consentDocumentPreimage,
  formatCanonical,
  formatSigned,
  formatSigningInput,
  type Commitment,
  type ConsentDocument,
  type ConsentHeader,
  type Digest,
  type Instant,
  type Jwk,
  type Keys,
  type MspId,
  type RelationKind,
  type RelationRef,
  type Salt,
  type SignedKind,
  type SignedPayload,
  type SubjectRef,
} from '../../src/model';

/** A key pair for tests. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly jwk: Jwk;
}

export interface KeyRing {
  readonly signing: KeyPair;
  readonly sealing: KeyPair;
  readonly recovery: KeyPair;
}

export function newKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
  return { privateKey, jwk: { kty, crv, x, y } as Jwk };
}

export const newKeyRing = (): KeyRing => ({ signing: newKeyPair(), sealing: newKeyPair(), recovery: newKeyPair() });
export const publicKeys = ({ signing, sealing, recovery }: KeyRing): Keys => ({
  signing: signing.jwk,
  sealing: sealing.jwk,
  recovery: recovery.jwk,
});

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller says of which kind
export const newRef = <T extends string>(): T => randomBytes(16).toString('base64url') as T;
export const newSalt = (): Salt => randomBytes(16).toString('base64url') as Salt;
export const commit = (preimage: Uint8Array): Commitment => createHash('sha256').update(preimage).digest('base64url') as Commitment;
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

export function signAs<K extends SignedKind>(kind: K, payload: SignedPayload<K>, key: KeyPair): string {
  const input = formatSigningInput(kind, payload);
  return formatSigned(input, sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' }));
}

export const ISSUED = '2026-03-01T07:59:00.000Z' as Instant;
/** What a patient signs to replace her keys after the statement `current`. */
export const replacementStatement = (subjectRef: SubjectRef, current: string, next: KeyRing): SignedPayload<'patient-keys'> => {
  const payload = Buffer.from(current.split('.')[1] ?? '', 'base64url');
  const previous = createHash('sha256').update(payload).digest('base64url') as Digest;
  return { subjectRef, previous, keys: publicKeys(next), issuedAt: ISSUED };
};

/** The order of the group of P-256 (FIPS 186-4 D.1.2.3). */
const ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

/** The same statement with its signature's other valid form (r, n - s). */
export const otherForm = (jws: string): string => {
  const [header, payload, mac = ''] = jws.split('.');
  const signature = Buffer.from(mac, 'base64url');
  const s = ORDER - BigInt(`0x${signature.subarray(32).toString('hex')}`);
  const other = Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
  return [header, payload, other.toString('base64url')].join('.');
};

const SUBMIT_BY = '2036-03-01T09:00:00.000Z' as Instant;

/** A patient at a custodian. */
export class Patient {
  readonly subjectRef = newRef<SubjectRef>();
  readonly keys = newKeyRing();
  readonly registration: string;

  /** @param assisted her keys are on a card */
  constructor(
    readonly custodian: MspId,
    readonly assisted = false,
  ) {
    const payload = {
      subjectRef: this.subjectRef,
      custodian: this.custodian,
      keys: publicKeys(this.keys),
      bound: { method: 'custodian' },
      ...(assisted && { assisted }),
      issuedAt: ISSUED,
    } as SignedPayload<'patient'>;
    this.registration = signAs('patient', payload, this.keys.signing);
  }

  relateTo(counterparty: MspId, kinds: readonly RelationKind[] = ['care'], assisted = this.assisted): PatientRelation {
    return new PatientRelation(this, counterparty, kinds, assisted);
  }
}

/** A patient's side of one relation. */
export class PatientRelation {
  readonly relationRef = newRef<RelationRef>();
  readonly keys = newKeyRing();
  readonly binding: string;
  private readonly bindingSalt = newSalt();

  constructor(
    readonly patient: Patient,
    readonly counterparty: MspId,
    readonly kinds: readonly RelationKind[],
    readonly assisted = false,
  ) {
    const payload = {
      subjectRef: patient.subjectRef,
      relationRef: this.relationRef,
      counterparty,
      keys: publicKeys(this.keys),
      salt: this.bindingSalt,
      issuedAt: ISSUED,
    };
    this.binding = signAs('binding', payload, patient.keys.signing);
  }

  registration(): string {
    const payload = {
      relationRef: this.relationRef,
      custodian: this.patient.custodian,
      counterparty: this.counterparty,
      kinds: this.kinds,
      keys: publicKeys(this.keys),
      binding: commit(bindingPreimage(this.binding, this.bindingSalt)),
      sealed: this.sealedDigests(this.bindingEnvelope),
      ...(this.assisted && { assisted: true as const }),
      issuedAt: ISSUED,
    };
    return signAs('relation', payload, this.keys.signing);
  }

  /** What the wallet seals to an organisation, as far as a ledger can tell. */
  bindingEnvelope = (mspId: string): string => this.envelope('binding', mspId);
  documentEnvelope = (version: number, mspId: string): string => this.envelope(`document ${String(version)}`, mspId);

  private envelope(what: string, mspId: string): string {
    return formatCanonical({ v: 1, ciphertext: sha256([this.relationRef, what, mspId].join(' ')) });
  }

  private sealedDigests(envelopeFor: (mspId: string) => string): Record<MspId, Digest> {
    const parties = [this.patient.custodian, this.counterparty];
    return Object.fromEntries(parties.map((mspId) => [mspId, sha256(envelopeFor(mspId))])) as Record<MspId, Digest>;
  }

  document(version: number, sets: ConsentDocument['sets']): ConsentDocument {
    return { relationRef: this.relationRef, version, salt: newSalt(), sets };
  }

  consent(version: number, change: Partial<ConsentHeader> & { with?: ConsentDocument } = {}, key: KeyPair = this.keys.signing): string {
    const { with: document, ...header } = change;
    const payload: ConsentHeader = {
      relationRef: this.relationRef,
      version,
      status: 'in-force',
      validity: null,
      submitBy: SUBMIT_BY,
      document: document === undefined ? commit(Buffer.from('nothing')) : commit(consentDocumentPreimage(document)),
      sealed: header.document === null ? {} : this.sealedDigests((mspId) => this.documentEnvelope(version, mspId)),
      issuedAt: ISSUED,
      ...header,
    };
    return signAs('consent', payload, key);
  }
}
