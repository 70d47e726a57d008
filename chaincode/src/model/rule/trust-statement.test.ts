import { createHash, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import type { ConsentEntry, PatientEntry, RelationEntry } from '../entry';
import type { Digest } from '../identifiers';
import type { Instant } from '../instant';
import type { Jwk, Keys } from '../jwk';
import { formatSigned, formatSigningInput, payloadBytes } from '../signed';
import type { SignedKind, SignedPayload } from '../signed-payload';
import type { PatientVerifier } from './recovery-steps';
import { continuePatient, trustConsent, trustRelation } from './trust-statement';

const verifier: PatientVerifier = {
  signingKeysOf: () => [],
  isAuthority: () => false,
  isSignedBy: ({ signingInput, signature }, key) => {
    const publicKey = createPublicKey({ key: { ...key }, format: 'jwk' });
    return verify('sha256', Buffer.from(signingInput), { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
  },
  payloadDigestOf: (jws) => createHash('sha256').update(payloadBytes(jws)).digest('base64url') as Digest,
};

type Ring = Readonly<Record<keyof Keys, { readonly privateKey: KeyObject; readonly jwk: Jwk }>>;
const newKey = (): Ring['signing'] => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, jwk: { ...publicKey.export({ format: 'jwk' }) } as unknown as Jwk };
};
const newRing = (): Ring => ({ signing: newKey(), sealing: newKey(), recovery: newKey() });
const keysOf = ({ signing, sealing, recovery }: Ring): Keys => ({ signing: signing.jwk, sealing: sealing.jwk, recovery: recovery.jwk });

function jwsOf(kind: SignedKind, payload: object, { privateKey }: Ring['signing']): string {
  const input = formatSigningInput(kind, payload as SignedPayload<SignedKind>);
  return formatSigned(input, sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }));
}

const at = '2026-01-01T00:00:00.000Z' as Instant;
const hash = Buffer.alloc(32).toString('base64url');
const subjectRef = 'S'.repeat(22);
const relationRef = 'R'.repeat(22);
const mine = newRing();
const [second, third, stranger] = [newRing(), newRing(), newRing()];

const registration = { subjectRef, custodian: 'AlphaMSP', keys: keysOf(mine), bound: { method: 'custodian' }, issuedAt: at };
const entryOf = (jws: string, more: object = {}): PatientEntry =>
  ({ ...registration, jws, registeredAt: at, by: { mspId: 'AlphaMSP', role: null, actor: hash }, ...more }) as unknown as PatientEntry;
const registered = continuePatient(undefined, entryOf(jwsOf('patient', registration, mine.signing)), verifier);

const replacement = (current: string, next: Ring, by: Ring['signing'], more: object = {}): PatientEntry => {
  const statement = { subjectRef, previous: verifier.payloadDigestOf(current), keys: keysOf(next), issuedAt: at, ...more };
  return entryOf(jwsOf('patient-keys', statement, by), { keys: keysOf(next) });
};

describe('a patient', () => {
  if (registered === undefined) throw new Error('the registration does not count');

  test('is what her own registration says, whatever else the entry says', () => {
    const foreign = entryOf(registered.jws, { custodian: 'BetaMSP', keys: keysOf(stranger) });
    expect(continuePatient(undefined, foreign, verifier)).toMatchObject({ custodian: 'AlphaMSP', keys: keysOf(mine) });
    const forged = { ...registration, keys: { ...keysOf(stranger), signing: mine.signing.jwk } };
    expect(continuePatient(undefined, entryOf(jwsOf('patient', forged, stranger.signing)), verifier)).toBeUndefined();
    expect(continuePatient(undefined, entryOf(registered.jws, { subjectRef: 'T'.repeat(22) }), verifier)).toBeUndefined();
    expect(continuePatient(undefined, entryOf('junk'), verifier)).toBeUndefined();
  });

  test.each(['signing', 'recovery'] as const)('is continued by a replacement that her %s key signed', (use) => {
    const next = continuePatient(registered, replacement(registered.jws, second, mine[use]), verifier);
    expect(next).toMatchObject({ keys: keysOf(second), custodian: 'AlphaMSP' });
  });

  test('is not continued by a replacement that another key signed, or of another patient, or by a second registration', () => {
    for (const by of [stranger.signing, mine.sealing, second.signing])
      expect(continuePatient(registered, replacement(registered.jws, second, by), verifier)).toBeUndefined();
    const other = replacement(registered.jws, second, mine.signing, { subjectRef: 'T'.repeat(22) });
    expect(continuePatient(registered, other, verifier)).toBeUndefined();
    expect(continuePatient(registered, entryOf(registered.jws), verifier)).toBeUndefined();
  });

  test('is not continued by a replacement that follows another statement, though her present key signed it', () => {
    const elsewhere = replacement(registered.jws, second, mine.signing, { previous: hash });
    expect(continuePatient(registered, elsewhere, verifier)).toBeUndefined();
  });

  test('does not go back: an old replacement stays without effect when the keys that signed it are hers again', () => {
    const first = replacement(registered.jws, second, mine.signing);
    const moved = continuePatient(registered, first, verifier)!;
    const back = continuePatient(moved, replacement(moved.jws, mine, second.signing), verifier)!;
    expect(back.keys).toEqual(keysOf(mine));
    expect(continuePatient(back, first, verifier)).toBeUndefined();
    expect(continuePatient(back, replacement(back.jws, third, mine.signing), verifier)?.keys).toEqual(keysOf(third));
  });
});

const header = { relationRef, custodian: 'AlphaMSP', counterparty: 'BetaMSP', kinds: ['care'], keys: keysOf(mine), binding: hash };
const statement = { ...header, sealed: {}, issuedAt: at };
const relationOf = (payload: object, by: Ring['signing'], more: object = {}): RelationEntry =>
  ({ ...statement, jws: jwsOf('relation', payload, by), createdAt: at, ...more }) as unknown as RelationEntry;

describe('a relation', () => {
  test('is what its own key signed, whatever else the entry says', () => {
    const entry = relationOf(statement, mine.signing, { counterparty: 'GammaMSP', keys: keysOf(stranger) });
    expect(trustRelation(entry, verifier)).toMatchObject({ counterparty: 'BetaMSP', keys: keysOf(mine), createdAt: at });
  });

  test('is none when another key signed it, or under another reference', () => {
    expect(trustRelation(relationOf(statement, stranger.signing), verifier)).toBeUndefined();
    expect(trustRelation(relationOf(statement, mine.recovery), verifier)).toBeUndefined();
    expect(trustRelation(relationOf(statement, mine.signing, { relationRef: 'Q'.repeat(22) }), verifier)).toBeUndefined();
  });
});

describe('a consent', () => {
  const relation = trustRelation(relationOf(statement, mine.signing), verifier)!;
  const consentOf = (payload: object, by: Ring['signing'], version = 2): ConsentEntry => {
    const whole = { relationRef, version: 2, status: 'revoked', validity: null, submitBy: at, document: null, sealed: {}, issuedAt: at };
    const signed = { ...whole, ...payload };
    return { ...signed, version, jws: jwsOf('consent', signed, by), recordedAt: at } as unknown as ConsentEntry;
  };

  test("counts as the relation's signing key signed it", () => {
    const entry = { ...consentOf({}, mine.signing), status: 'in-force' as const };
    expect(trustConsent(entry, relation, verifier)).toMatchObject({ version: 2, status: 'revoked', recordedAt: at });
  });

  test('counts by the recovery key for closing only', () => {
    expect(trustConsent(consentOf({ status: 'closed' }, mine.recovery), relation, verifier)?.status).toBe('closed');
    expect(trustConsent(consentOf({ status: 'revoked' }, mine.recovery), relation, verifier)).toBeUndefined();
    expect(trustConsent(consentOf({ status: 'in-force', document: hash }, mine.recovery), relation, verifier)).toBeUndefined();
  });

  test('does not count by another key, in another relation, or at the place of another version', () => {
    expect(trustConsent(consentOf({}, stranger.signing), relation, verifier)).toBeUndefined();
    expect(trustConsent(consentOf({ relationRef: 'Q'.repeat(22) }, mine.signing), relation, verifier)).toBeUndefined();
    expect(trustConsent(consentOf({}, mine.signing, 3), relation, verifier)).toBeUndefined();
  });
});
