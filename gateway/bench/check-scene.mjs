// One custodian's read model, index and consent check in this process: a patient with a relation, a consent and records, among any number of others.
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { consentKey, formatKey, parseSigned, patientKey, recordKey, relationKey } from '@medaccord/chaincode/model';
import { generateSealingKey, generateSigningKey, importSealingKey, publicJwkOf } from '../dist/crypto/index.js';
import { ConsentCheck } from '../dist/decision/index.js';
import { SealedReader } from '../dist/sealed/sealed-reader.js';
import { openStore } from '../dist/store/index.js';
import { checkIn, newWallet, registerPatient } from '../dist/wallet/index.js';
import { deriveKeys } from '../dist/wallet/derive-keys.js';
import { signVersion } from '../dist/wallet/sign-consent.js';

const CUSTODIAN = 'AlphaMSP';
const COUNTERPARTY = 'BetaMSP';
const AT = '2026-01-01T00:00:00.000Z';
const HASH = 'A'.repeat(43);
const SALT = 'A'.repeat(22);
const PERMIT = [{ base: 'deny', exceptions: [{ decision: 'permit', categories: ['laboratory'], purposes: ['TREAT'] }] }];
const DETAILS = JSON.stringify({
  ...{ type: 'Observation', category: 'laboratory', codes: [{ system: 'http://loinc.org', code: '4548-4' }], labels: [] },
  ...{ dates: { from: '2025-03-01', until: null }, authors: [], encounter: null },
});

export const ASKED = { purpose: 'TREAT', person: { department: 'cardiology', role: 'physician', person: 'lee', teams: ['heart'] } };

/** `others`: further relations of further patients; `versions`: of the relation's consent; `records`: of the patient. */
export async function newCheckScene({ others = 0, versions = 1, records = 1 }) {
  const folder = mkdtempSync(join(tmpdir(), 'medaccord-bench-'));
  const store = await openStore(folder, CUSTODIAN);
  const sealing = await importSealingKey(await generateSealingKey());
  const recipients = [{ mspId: CUSTODIAN, key: { suite: sealing.suite, publicKey: sealing.publicKey } }];
  const signing = publicJwkOf(await generateSigningKey());
  const { patient, relation, consent, relationRef, subjectRef, envelopes } = await signEntries(recipients, versions);
  const recordIds = Array.from({ length: records }, (_, at) => `record${at}`.padEnd(43, '-'));
  const organisationOf = (mspId) => ({ mspId, encryption: recipients.map(({ key }) => key), signing, status: 'active', registeredAt: AT });
  const roles = { [CUSTODIAN]: 'hospital', [COUNTERPARTY]: 'hospital' };
  const rules = {
    version: 1,
    purposes: ['TREAT'],
    roles,
    deadlines: { decisionMinutes: 10, recoveryHours: 72, assistedHours: 72 },
    suspended: [],
    adoptedAt: AT,
  };
  const anchorOf = (recordId) => ({
    ...{ recordId, version: 1, custodian: CUSTODIAN, groupId: 'G'.repeat(22), whole: true, subject: HASH },
    ...{ payload: HASH, details: HASH, dataKey: HASH, ciphertext: HASH, anchoredAt: AT },
  });
  const writes = [
    [formatKey('rules'), rules],
    ...[CUSTODIAN, COUNTERPARTY].map((mspId) => [formatKey('organisation', mspId), organisationOf(mspId)]),
    [patientKey(subjectRef), patient],
    [relationKey(relationRef), relation],
    [consentKey(relationRef, versions), consent],
    ...recordIds.map((recordId) => [recordKey(CUSTODIAN, recordId, 1), anchorOf(recordId)]),
  ].map(([key, value]) => ({ key, value: JSON.stringify(value) }));
  store.facts.apply({ number: 0, time: 0, transactions: [{ index: 0, transactionId: 'first', code: 0, writes, event: undefined }] });
  const salts = { subject: SALT, payload: SALT, details: SALT, dataKey: SALT };
  store.index.add(
    recordIds.map((recordId) => ({
      ...{ recordId, version: 1, groupId: 'G'.repeat(22), subjectRef, category: 'laboratory', type: 'Observation' },
      ...{ id: recordId, details: DETAILS, salts },
    })),
    new Map(),
  );
  fill(join(folder, 'projection.sqlite'), { relationRef, versions, others });
  const sealed = new SealedReader(newCollection(envelopes), CUSTODIAN, sealing);
  const options = { mspId: CUSTODIAN, facts: store.facts, index: store.index, sealed };
  return {
    ...{ relationRef, subjectRef, recordIds, details: DETAILS },
    facts: store.facts,
    newCheck: (more = {}) => new ConsentCheck({ ...options, assertKnown: () => {}, ...more }),
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function signEntries(recipients, version) {
  const registered = await registerPatient(newWallet(), CUSTODIAN);
  const { subjectRef } = registered;
  const wish = { subjectRef, counterparty: COUNTERPARTY, kinds: ['care'] };
  const { wallet, relationRef, request } = await checkIn(registered.wallet, wish, recipients);
  const { signing } = await deriveKeys(wallet.seed, relationRef);
  const signed = await signVersion({ relationRef, consentVersion: version }, signing, { sets: PERMIT, validity: null, recipients });
  const { keys, bound } = parseSigned('patient', registered.registration, 'patient').payload;
  const by = { mspId: CUSTODIAN, role: 'registrar', actor: HASH };
  return {
    ...{ relationRef, subjectRef },
    patient: { subjectRef, custodian: CUSTODIAN, keys, bound, jws: registered.registration, registeredAt: AT, by },
    relation: { ...parseSigned('relation', request.relation, 'relation').payload, jws: request.relation, createdAt: AT },
    consent: { ...parseSigned('consent', signed.consent, 'consent').payload, jws: signed.consent, recordedAt: AT },
    envelopes: { binding: request.sealed[CUSTODIAN].binding, 'consent-document': signed.documents[CUSTODIAN] },
  };
}

/** Stands for the organisation's peer, which answers at once. */
function newCollection(envelopes) {
  return { evaluate: async (_name, { keys }) => ({ values: keys.map(({ kind }) => ({ envelope: envelopes[kind] ?? null })) }) };
}

/** Rows as they stand after the blocks of so many relations and versions; they are looked past, never read. */
function fill(file, { relationRef, versions, others }) {
  const database = new DatabaseSync(file);
  const count = (most) => `WITH RECURSIVE n(i) AS (SELECT 1 WHERE ${most} > 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${most})`;
  const columns = 'value, block, position, transaction_id';
  database.exec(`
    BEGIN;
    INSERT INTO fact ${count(versions - 1)} SELECT 'consent', ref, CAST(i AS TEXT), i, ${columns} FROM fact, n WHERE type = 'consent' AND ref = '${relationRef}';
    INSERT OR REPLACE INTO consent_head VALUES ('${relationRef}', ${versions}, ${versions});
    INSERT INTO fact ${count(others)} SELECT type, ref || i, id, ordinal, ${columns} FROM fact, n WHERE type IN ('patient', 'relation');
    INSERT INTO fact ${count(others)} SELECT 'consent', ref || n.i, '1', 1, ${columns} FROM fact, n WHERE type = 'consent' AND ref = '${relationRef}' AND id = '${versions}';
    INSERT INTO consent_head ${count(others)} SELECT '${relationRef}' || i, 1, 1 FROM n;
    COMMIT`);
  database.close();
}
