import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  payloadBytes,
  formatUtf8,
  bindingPreimage,
  bindingRef,
  consentDocumentPreimage,
  consentDocumentRef,
  noticeRef,
  parseConsentDocument,
  parseSigned,
  type ConsentDocument,
  type MspId,
  type RequestId,
} from '@medaccord/chaincode/model';
import {
  PATIENT,
  assertOpens,
  hashBytes,
  generateSealingKey,
  importSealingKey,
  open,
  seal,
  sealingPublicKeyOf,
  verifyJws,
  type SealingKey,
} from '../crypto';
import {
  checkIn,
  closeByRecovery,
  describeConsent,
  deriveRecoverySeed,
  findRelation,
  formatWallet,
  implicitPolicies,
  isLocked,
  lockWallet,
  newRelationToken,
  newWallet,
  openNotice,
  parseWallet,
  recoverPatient,
  registerPatient,
  replacePatientKeys,
  revokeConsent,
  signConsent,
  unlockWallet,
  type Recipient,
  type SignedRelation,
  type Wallet,
} from '.';
import { readWalletFile, writeWalletFile } from './wallet-file';

const newReference = (): string => randomBytes(16).toString('base64url');

const custodian = 'CustodianMSP' as MspId;
const counterparty = 'CounterpartyMSP' as MspId;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const newMember = async (mspId: string): Promise<{ recipient: Recipient; key: SealingKey }> => {
  const key = await importSealingKey(await generateSealingKey());
  return { recipient: { mspId, key: { suite: key.suite, publicKey: key.publicKey } }, key };
};

const newPatient = async (): Promise<{
  wallet: Wallet;
  subjectRef: Awaited<ReturnType<typeof registerPatient>>['subjectRef'];
  registration: string;
  members: Awaited<ReturnType<typeof newMember>>[];
  relationRef: Awaited<ReturnType<typeof checkIn>>['relationRef'];
  request: SignedRelation;
}> => {
  const members = await Promise.all([newMember(custodian), newMember(counterparty)]);
  const registered = await registerPatient(newWallet(), custodian);
  const { subjectRef, registration } = registered;
  const recipients = members.map(({ recipient }) => recipient);
  return {
    subjectRef,
    registration,
    members,
    ...(await checkIn(registered.wallet, { subjectRef, counterparty, kinds: ['care'] }, recipients)),
  };
};

describe('a wallet', () => {
  it('signs a registration with the key that it registers', async () => {
    const { registration, subjectRef } = await newPatient();
    const { keys } = parseSigned('patient', registration, 'registration').payload;
    await expect(verifyJws('patient', registration, keys.signing)).resolves.toMatchObject({
      subjectRef,
      custodian,
      bound: { method: 'custodian' },
    });
    await expect(verifyJws('patient', registration, keys.sealing)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
  });

  it('derives the same keys and references from the same seed, others from another', async () => {
    const { seed } = newWallet();
    const one = await registerPatient(newWallet(seed), custodian);
    const again = await registerPatient(newWallet(seed), custodian);
    const other = await registerPatient(newWallet(), custodian);
    const keysOf = ({ registration }: { registration: string }): unknown => parseSigned('patient', registration, 'r').payload.keys;
    expect([again.subjectRef, keysOf(again)]).toEqual([one.subjectRef, keysOf(one)]);
    expect([other.subjectRef, keysOf(other)]).not.toEqual([one.subjectRef, keysOf(one)]);
  });

  it('keeps no key and no reference in common between two relations, nor between a relation and the registration', async () => {
    const { wallet, subjectRef, registration, request, members } = await newPatient();
    const second = await checkIn(wallet, { subjectRef, counterparty: 'OtherMSP' as MspId, kinds: ['cover'] }, [members[0]!.recipient]);
    const third = await checkIn(second.wallet, { subjectRef, counterparty, kinds: ['care'] }, [members[0]!.recipient]);
    const publicTexts = [registration, request.relation, second.request.relation, third.request.relation].map((jws) => {
      return JSON.stringify(parseSigned(jws === registration ? 'patient' : 'relation', jws, 'jws').payload);
    });
    const values = publicTexts.map((json) => new Set(json.match(/[A-Za-z0-9_-]{22,}/g)));
    for (const [at, mine] of values.entries())
      for (const other of values.slice(at + 1)) expect([...mine].filter((value) => other.has(value))).toEqual([]);
  });

  it('opens to custodian and counterparty the binding that the relation commits to, signed by the patient', async () => {
    const { registration, request, relationRef, subjectRef, members } = await newPatient();
    const patient = parseSigned('patient', registration, 'r').payload;
    const relation = parseSigned('relation', request.relation, 'r').payload;
    for (const { recipient, key } of members) {
      const envelope = request.sealed[recipient.mspId]!.binding;
      const binding = text(await open(key, { ...bindingRef(relationRef), recipient: recipient.mspId }, envelope));
      const payload = await verifyJws('binding', binding, patient.keys.signing);
      expect(payload).toMatchObject({ subjectRef, relationRef, counterparty, keys: relation.keys });
      await assertOpens(relation.binding, bindingPreimage(binding, payload.salt));
    }
    const [one, other] = members;
    await expect(
      open(one!.key, { ...bindingRef(relationRef), recipient: custodian }, request.sealed[other!.recipient.mspId]!.binding),
    ).rejects.toMatchObject({ code: 'DECRYPT_FAILED' });
  });

  it('permits nothing with the first version of a consent', async () => {
    const { request, relationRef, members } = await newPatient();
    const { keys } = parseSigned('relation', request.relation, 'r').payload;
    const header = await verifyJws('consent', request.consent, keys.signing);
    expect(header).toMatchObject({ relationRef, version: 1, status: 'in-force' });
    const document = await openDocument(members[1]!, relationRef, 1, request.sealed[counterparty]!.document);
    expect(document.sets).toEqual([{ base: 'deny', exceptions: [] }]);
    await assertOpens(header.document!, consentDocumentPreimage(document));
  });

  it('signs an implicit policy at check-in, if she chooses one, and keeps what it said', async () => {
    const { wallet, subjectRef, members } = await newPatient();
    const wish = { subjectRef, counterparty: 'OtherMSP' as MspId, kinds: ['care' as const], policy: 'basic-normal' as const };
    const signed = await checkIn(wallet, wish, [members[0]!.recipient]);
    const document = await openDocument(members[0]!, signed.relationRef, 1, signed.request.sealed[custodian]!.document);
    expect(document.sets).toEqual([implicitPolicies['basic-normal']]);
    const kept = findRelation(parseWallet(formatWallet(signed.wallet)), signed.relationRef).kept!;
    expect(kept).toMatchObject({ consent: signed.request.consent, sets: document.sets, status: 'in-force' });
    expect(describeConsent({ sets: kept.sets, validity: null })).toEqual([
      'Valid until she changes it.',
      'Everything is denied, except:',
      '  permitted: for TREAT or a purpose below; data at most as confidential as N',
    ]);
  });

  it('names in what it signs every envelope that it sealed', async () => {
    const { wallet, relationRef, request, members } = await newPatient();
    const recipients = members.map(({ recipient }) => recipient);
    const sets = [{ base: 'deny' as const, exceptions: [] }];
    const second = (await signConsent(wallet, relationRef, { sets, validity: null }, recipients)).request;
    const relation = parseSigned('relation', request.relation, 'r').payload;
    const [first, next] = [request.consent, second.consent].map((jws) => parseSigned('consent', jws, 'c').payload);
    for (const mspId of [custodian, counterparty]) {
      const { binding, document } = request.sealed[mspId]!;
      expect(relation.sealed[mspId]).toBe(await hashBytes(formatUtf8(binding)));
      expect(first!.sealed[mspId]).toBe(await hashBytes(formatUtf8(document)));
      expect(next!.sealed[mspId]).toBe(await hashBytes(formatUtf8(second.documents[mspId]!)));
    }
  });

  it('counts the versions of a consent on and ends it with a revocation that carries no document', async () => {
    const { wallet, relationRef, members, request } = await newPatient();
    const { keys } = parseSigned('relation', request.relation, 'r').payload;
    const sets = [{ base: 'deny' as const, exceptions: [{ decision: 'permit' as const, categories: ['laboratory' as const] }] }];
    const given = await signConsent(wallet, relationRef, { sets, validity: null }, [members[1]!.recipient]);
    const revoked = await revokeConsent(given.wallet, relationRef);
    const document = await openDocument(members[1]!, relationRef, 2, given.request.documents[counterparty]!);
    expect(document.sets).toEqual(sets);
    expect(await verifyJws('consent', given.request.consent, keys.signing)).toMatchObject({ version: 2, status: 'in-force' });
    expect(await verifyJws('consent', revoked.request.consent, keys.signing)).toMatchObject({
      version: 3,
      status: 'revoked',
      document: null,
    });
  });

  it('gives the holder of the recovery seed the power to close a relation and to replace keys, not to sign a consent', async () => {
    const { wallet, relationRef, subjectRef, registration, request } = await newPatient();
    const recoverySeed = await deriveRecoverySeed(wallet.seed);
    const relationKeys = parseSigned('relation', request.relation, 'r').payload.keys;
    const patientKeys = parseSigned('patient', registration, 'r').payload.keys;
    const closing = (await closeByRecovery(recoverySeed, relationRef, 2)).consent;
    expect(await verifyJws('consent', closing, relationKeys.recovery)).toMatchObject({ status: 'closed', version: 2 });
    const fresh = newWallet();
    const replacement = await recoverPatient(recoverySeed, subjectRef, { wallet: fresh, current: registration, generation: 0 });
    expect(await verifyJws('patient-keys', replacement, patientKeys.recovery)).toMatchObject({
      previous: await hashBytes(payloadBytes(registration)),
    });
    // From the recovery seed, taken for a seed, no key follows that was ever registered.
    const impostor: Wallet = { ...wallet, seed: recoverySeed };
    const { consent } = (await revokeConsent(impostor, relationRef)).request;
    for (const key of Object.values(relationKeys))
      await expect(verifyJws('consent', consent, key)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
  });

  it('signs the replacement of its keys with the key that it replaces', async () => {
    const { wallet, subjectRef, registration } = await newPatient();
    const { keys } = parseSigned('patient', registration, 'r').payload;
    const replaced = await replacePatientKeys(wallet, subjectRef, registration);
    const payload = await verifyJws('patient-keys', replaced.replacement, keys.signing);
    expect(payload.keys).not.toEqual(keys);
    const next = await replacePatientKeys(replaced.wallet, subjectRef, replaced.replacement);
    await expect(verifyJws('patient-keys', next.replacement, payload.keys.signing)).resolves.toMatchObject({
      previous: await hashBytes(payloadBytes(replaced.replacement)),
    });
  });

  it('signs tokens of five minutes for one gateway', async () => {
    const { wallet, relationRef, request } = await newPatient();
    const { keys } = parseSigned('relation', request.relation, 'r').payload;
    const token = await verifyJws('wallet-token', await newRelationToken(wallet, relationRef, counterparty), keys.signing);
    expect(token).toMatchObject({ relationRef, audience: counterparty });
    expect(Date.parse(token.expiresAt) - Date.parse(token.issuedAt)).toBe(300_000);
    await expect(newRelationToken(wallet, newReference(), counterparty)).rejects.toMatchObject({ code: 'WALLET_UNKNOWN' });
  });

  it('opens notices that are sealed to the relation and no others', async () => {
    const { wallet, relationRef, request } = await newPatient();
    const { keys } = parseSigned('relation', request.relation, 'r').payload;
    const requestId = newReference() as RequestId;
    const context = { ...noticeRef(relationRef, requestId), recipient: PATIENT };
    const envelope = await seal(sealingPublicKeyOf(keys.sealing), context, new TextEncoder().encode('{"reason":"denied"}'));
    await expect(openNotice(wallet, relationRef, requestId, envelope)).resolves.toEqual({ reason: 'denied' });
    await expect(openNotice(wallet, relationRef, newReference(), envelope)).rejects.toMatchObject({ code: 'DECRYPT_FAILED' });
  });
});

describe('a stored wallet', () => {
  it('is the same after it was written and read, locked or not', async () => {
    const { wallet } = await newPatient();
    expect(parseWallet(formatWallet(wallet))).toEqual(wallet);
    const locked = await lockWallet(wallet, 'correct horse');
    expect(isLocked(locked)).toBe(true);
    expect(locked).not.toContain(wallet.seed);
    await expect(unlockWallet(locked, 'correct horse')).resolves.toEqual(wallet);
    await expect(unlockWallet(locked, 'wrong horse')).rejects.toMatchObject({ code: 'DECRYPT_FAILED' });
  });

  it('says where its text is wrong', () => {
    expect(() => parseWallet('{"version":1,"seed":"short","patients":[],"relations":[]}')).toThrow(/wallet\.seed/);
    expect(() => parseWallet('{"version":1}')).toThrow(/wallet\.seed/);
    expect(() => parseWallet('[]')).toThrow(/wallet must be an object/);
  });

  it('stands in a file that only its owner can read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'medaccord-wallet-'));
    try {
      const file = join(folder, 'wallet.json');
      const { wallet } = await newPatient();
      await writeWalletFile(file, newWallet());
      await writeWalletFile(file, wallet, 'pass');
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      await expect(readWalletFile(file, 'pass')).resolves.toEqual(wallet);
      await expect(readWalletFile(file)).rejects.toMatchObject({ code: 'DECRYPT_FAILED' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

async function openDocument(
  { key, recipient }: Awaited<ReturnType<typeof newMember>>,
  relationRef: Parameters<typeof consentDocumentRef>[0],
  version: number,
  envelope: string,
): Promise<ConsentDocument> {
  const context = { ...consentDocumentRef(relationRef, version), recipient: recipient.mspId };
  return parseConsentDocument(JSON.parse(text(await open(key, context, envelope))), 'document');
}
