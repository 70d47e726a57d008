import {
  adjudicationKey,
  askRef,
  findGrant,
  newError,
  parseAdjudicationEntry,
  parseClaimId,
  parseCoverageId,
  parsePatientEntry,
  parseRelationRef,
  parseRequestId,
  parseSubjectRef,
  patientKey,
  RequestInvalid,
  type AdjudicationEntry,
  type Appeal,
  type AppealDecision,
  type Digest,
  type MspId,
  type RelationEntry,
  type SealedValue,
  type TransactionRequest,
  type TransactionResponse,
} from '../model';
import type { Ledger } from '../ledger';
import { assertAskSealable, assertIdentitySealable, assertFirst, assertNamed, assertPartySealable } from '../sealed';
import { digestOf } from '../signature';
import { claimOf } from './claim-facts';
import { coverageOf, statementOf } from './coverage-facts';
import { delegationsOf } from './delegation-facts';
import { relationOf, requestOf, signedConsentOf } from './facts';
import { appealOf, findAppealDecision } from './appeal-facts';
import { entryOf } from './attested';

type StoreSealed = TransactionRequest<'StoreSealed'>;

/** Delivers sealed values to one organisation, which endorses alone: all, or none where one is refused. The public entry of each must exist. */
export async function storeSealedDesk(ledger: Ledger, { organisation, keys }: StoreSealed): Promise<TransactionResponse<'StoreSealed'>> {
  ledger.assertOwnPeer(organisation);
  const { envelopes } = ledger.input('StoreSealed');
  if (envelopes.length !== keys.length) throw new RequestInvalid('input.envelopes', 'one for each key of the request');
  for (const [at, key] of keys.entries()) {
    const place = `request.keys[${String(at)}]`;
    const envelope = envelopes[at] as string;
    await entryChecks[key.kind](ledger, { ...key, organisation, place }, digestOf(envelope));
    // Written also when it stands already: a transaction that writes nothing would need two organisations.
    await ledger.seal(organisation, key, envelope);
  }
  ledger.emit({ name: 'SealedStored', ids: { keys } });
  return { keys };
}

/** Where a value is to be stored, and the place of its name in the request. */
type Target = StoreSealed['keys'][number] & { readonly organisation: MspId; readonly place: string };

/** @param envelope SHA-256 of what is to be stored */
type EntryCheck = (ledger: Ledger, target: Target, envelope: Digest) => Promise<void>;

const entryChecks: Readonly<Record<Target['kind'], EntryCheck>> = {
  identity: async (ledger, { ref, place, organisation }) => {
    const subjectRef = parseSubjectRef(ref, `${place}.ref`);
    const patient = await ledger.read(patientKey(subjectRef), parsePatientEntry);
    if (patient === undefined) throw newError('PATIENT_NOT_FOUND', { subjectRef });
    assertIdentitySealable(patient, organisation, ledger.caller);
  },
  binding: async (ledger, target, envelope) => {
    const relation = await relationAt(ledger, target);
    assertPartySealable(relation, target.organisation);
    assertNamed(relation.sealed, target.organisation, envelope);
  },
  'consent-document': async (ledger, target, envelope) => {
    const relation = await relationAt(ledger, target);
    const version = Number(target.id);
    const consent = await signedConsentOf(ledger, relation, version);
    if (consent === undefined) throw newError('CONSENT_NOT_FOUND', { relationRef: relation.relationRef, version });
    assertPartySealable(relation, target.organisation);
    assertNamed(consent.sealed, target.organisation, envelope);
  },
  delegation: async (ledger, target, envelope) => {
    const relation = await relationAt(ledger, target);
    const grant = findGrant(await delegationsOf(ledger, relation), Number(target.id));
    if (grant === undefined) throw newError('DELEGATION_INVALID', { relationRef: relation.relationRef, problem: 'is not there' });
    assertNamed(grant.sealed, target.organisation, envelope);
  },
  ask: async (ledger, target, envelope) => {
    const relation = await relationAt(ledger, target);
    const request = await requestOf(ledger, {
      relationRef: relation.relationRef,
      requester: relation.counterparty,
      requestId: parseRequestId(target.id, `${target.place}.id`),
    });
    assertAskSealable(request, relation, target.organisation, ledger.caller);
    const ref = askRef(relation.relationRef, request.requestId);
    assertFirst(ref, await ledger.sealedDigest(target.organisation, ref), envelope);
  },
  coverage: async (ledger, target, envelope) => {
    const relation = await relationAt(ledger, target);
    const [name, version] = numberedOf(target);
    const coverageId = parseCoverageId(name, `${target.place}.id`);
    const coverage = entryOf(await coverageOf(ledger, { relation, coverageId }, version));
    const statement = coverage && statementOf(coverage, relation);
    if (statement === undefined) throw newError('COVERAGE_NOT_FOUND', { relationRef: relation.relationRef, coverageId });
    if (statement.version !== version) throw new RequestInvalid(`${target.place}.id`, 'the version for which the patient signed the terms');
    assertNamed(statement.sealed, target.organisation, envelope);
  },
  claim: async (ledger, target, envelope) => {
    const claim = await claimOf(ledger, await relationAt(ledger, target), parseClaimId(target.id, `${target.place}.id`));
    assertNamed(claim.sealed, target.organisation, envelope);
  },
  adjudication: (ledger, target, envelope) => assertOfAdjudication(ledger, target, envelope, ({ sealed }, hospital) => sealed[hospital]),
  explanation: (ledger, target, envelope) => assertOfAdjudication(ledger, target, envelope, ({ explanation }) => explanation),
  appeal: async (ledger, target, envelope) => {
    const { appeal } = await namedAppealOf(ledger, target);
    assertNamed(appeal.sealed, target.organisation, envelope);
  },
  'appeal-opinion': async (ledger, target, envelope) => {
    const { decision } = await decidedAppealOf(ledger, target);
    assertNamed(decision.sealed, target.organisation, envelope);
  },
  'appeal-notice': async (ledger, target, envelope) => {
    const { decision, relation } = await decidedAppealOf(ledger, target);
    assertNamed({ [relation.custodian]: decision.notice }, target.organisation, envelope);
  },
};

/** @throws RELATION_NOT_FOUND */
function relationAt(ledger: Ledger, { ref, place }: Target): Promise<RelationEntry> {
  return relationOf(ledger, parseRelationRef(ref, `${place}.ref`));
}

/** An appeal that counts, by its sealed name. @throws APPEAL_NOT_FOUND */
async function namedAppealOf(ledger: Ledger, target: Target): Promise<Pick<Appeal, 'appeal'> & { readonly relation: RelationEntry }> {
  const relation = await relationAt(ledger, target);
  const [name, number] = numberedOf(target);
  const claimId = parseClaimId(name, `${target.place}.id`);
  const appeal = entryOf(await appealOf(ledger, { relation, claimId }, number));
  if (appeal === undefined) throw newError('APPEAL_NOT_FOUND', { relationRef: relation.relationRef, claimId, n: number });
  return { relation, appeal };
}

/** The same with its decision: a peer that has not got that yet is asked again. @throws APPEAL_NOT_FOUND */
async function decidedAppealOf(
  ledger: Ledger,
  target: Target,
): Promise<{ readonly relation: RelationEntry; readonly decision: AppealDecision }> {
  const { relation, appeal } = await namedAppealOf(ledger, target);
  const decision = await findAppealDecision(ledger, relation, appeal);
  if (decision === undefined) {
    const { relationRef, claimId, number } = appeal;
    throw newError('APPEAL_NOT_FOUND', { relationRef, claimId, n: number });
  }
  return { relation, decision };
}

/** Checks that an envelope for the hospital is one that the claim's adjudication of this number names, whether or not it stands still. */
async function assertOfAdjudication(
  ledger: Ledger,
  target: Target,
  envelope: Digest,
  digestOf: (entry: AdjudicationEntry, hospital: MspId) => Digest | null | undefined,
): Promise<void> {
  const relation = await relationAt(ledger, target);
  const [name, n] = numberedOf(target);
  const { relationRef, claimId, hospital } = await claimOf(ledger, relation, parseClaimId(name, `${target.place}.id`));
  if (target.organisation !== hospital) throw new RequestInvalid('request.organisation', 'the hospital that made the claim');
  const entries = (await ledger.trace(adjudicationKey(relationRef, claimId), parseAdjudicationEntry)).filter((one) => one.n === n);
  if (entries.length === 0) throw newError('ADJUDICATION_NOT_FOUND', { relationRef, claimId, n });
  const named = entries.some((entry) => digestOf(entry, hospital) === envelope);
  if (!named) throw newError('COMMITMENT_MISMATCH', { of: 'sealed value' });
}

/** An id with its number. */
function numberedOf({ id }: Target): readonly [string, number] {
  const [name = '', number] = id.split('.');
  return [name, Number(number)];
}

/** Reads sealed values of the caller's own organisation at its own peer. */
export async function readSealedDesk(
  ledger: Ledger,
  { keys }: TransactionRequest<'ReadSealed'>,
): Promise<TransactionResponse<'ReadSealed'>> {
  ledger.assertOwnPeer();
  const values: SealedValue[] = [];
  for (const key of keys) values.push({ ...key, envelope: await ledger.unseal(key) });
  return { values };
}
