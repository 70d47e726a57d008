import {
  adjudicationKey,
  findGrant,
  newError,
  parseAdjudicationEntry,
  parseClaimId,
  parseCoverageId,
  parsePatientEntry,
  parseRelationRef,
  parseRequestId,
  parseSealedRef,
  parseSubjectRef,
  patientKey,
  RequestInvalid,
  type AdjudicationEntry,
  type Appeal,
  type AppealDecision,
  type Digest,
  type MspId,
  type RelationEntry,
  type SealedRef,
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

/** Delivers a sealed value to one organisation, which endorses alone. The value's public entry must exist. */
export async function storeSealedDesk(ledger: Ledger, request: StoreSealed): Promise<SealedRef> {
  const { organisation } = request;
  ledger.assertOwnPeer(organisation);
  const { envelope } = ledger.input('StoreSealed');
  const ref = parseSealedRef({ kind: request.kind, ref: request.ref, id: request.id }, 'request');
  await entryChecks[request.kind](ledger, request, { ref, envelope: digestOf(envelope) });
  // Written also when it stands already: a transaction that writes nothing would need two organisations.
  await ledger.seal(organisation, ref, envelope);
  ledger.emit({ name: 'SealedStored', ids: { kind: ref.kind, ref: ref.ref, id: ref.id } });
  return ref;
}

/** What is to be stored: its name, and its SHA-256. */
interface Offer {
  readonly ref: SealedRef;
  readonly envelope: Digest;
}

const entryChecks: Readonly<Record<StoreSealed['kind'], (ledger: Ledger, request: StoreSealed, offer: Offer) => Promise<void>>> = {
  identity: async (ledger, { ref, organisation }) => {
    const subjectRef = parseSubjectRef(ref, 'request.ref');
    const patient = await ledger.read(patientKey(subjectRef), parsePatientEntry);
    if (patient === undefined) throw newError('PATIENT_NOT_FOUND', { subjectRef });
    assertIdentitySealable(patient, organisation, ledger.caller);
  },
  binding: async (ledger, { ref, organisation }, { envelope }) => {
    const relation = await relationOf(ledger, parseRelationRef(ref, 'request.ref'));
    assertPartySealable(relation, organisation);
    assertNamed(relation.sealed, organisation, envelope);
  },
  'consent-document': async (ledger, { ref, id, organisation }, { envelope }) => {
    const relation = await relationOf(ledger, parseRelationRef(ref, 'request.ref'));
    const consent = await signedConsentOf(ledger, relation, Number(id));
    if (consent === undefined) throw newError('CONSENT_NOT_FOUND', { relationRef: relation.relationRef, version: Number(id) });
    assertPartySealable(relation, organisation);
    assertNamed(consent.sealed, organisation, envelope);
  },
  delegation: async (ledger, { ref, id, organisation }, { envelope }) => {
    const relation = await relationOf(ledger, parseRelationRef(ref, 'request.ref'));
    const grant = findGrant(await delegationsOf(ledger, relation), Number(id));
    if (grant === undefined) throw newError('DELEGATION_INVALID', { relationRef: relation.relationRef, problem: 'is not there' });
    assertNamed(grant.sealed, organisation, envelope);
  },
  ask: async (ledger, { ref, id, organisation }, offer) => {
    const relation = await relationOf(ledger, parseRelationRef(ref, 'request.ref'));
    const request = await requestOf(ledger, {
      relationRef: relation.relationRef,
      requester: relation.counterparty,
      requestId: parseRequestId(id, 'request.id'),
    });
    assertAskSealable(request, relation, organisation, ledger.caller);
    assertFirst(offer.ref, await ledger.sealedDigest(organisation, offer.ref), offer.envelope);
  },
  coverage: async (ledger, { ref, id, organisation }, { envelope }) => {
    const relation = await relationOf(ledger, parseRelationRef(ref, 'request.ref'));
    const [name, version] = numberedOf(id);
    const coverageId = parseCoverageId(name, 'request.id');
    const coverage = entryOf(await coverageOf(ledger, { relation, coverageId }, version));
    const statement = coverage && statementOf(coverage, relation);
    if (statement === undefined) throw newError('COVERAGE_NOT_FOUND', { relationRef: relation.relationRef, coverageId });
    if (statement.version !== version) throw new RequestInvalid('request.id', 'the version for which the patient signed the terms');
    assertNamed(statement.sealed, organisation, envelope);
  },
  claim: async (ledger, { ref, id, organisation }, { envelope }) => {
    const relation = await relationOf(ledger, parseRelationRef(ref, 'request.ref'));
    const claim = await claimOf(ledger, relation, parseClaimId(id, 'request.id'));
    assertNamed(claim.sealed, organisation, envelope);
  },
  adjudication: (ledger, request, offer) => assertOfAdjudication(ledger, request, offer, ({ sealed }, hospital) => sealed[hospital]),
  explanation: (ledger, request, offer) => assertOfAdjudication(ledger, request, offer, ({ explanation }) => explanation),
  appeal: async (ledger, { ref, id, organisation }, { envelope }) => {
    const { appeal } = await namedAppealOf(ledger, ref, id);
    assertNamed(appeal.sealed, organisation, envelope);
  },
  'appeal-opinion': async (ledger, { ref, id, organisation }, { envelope }) => {
    const { decision } = await decidedAppealOf(ledger, ref, id);
    assertNamed(decision.sealed, organisation, envelope);
  },
  'appeal-notice': async (ledger, { ref, id, organisation }, { envelope }) => {
    const { decision, relation } = await decidedAppealOf(ledger, ref, id);
    assertNamed({ [relation.custodian]: decision.notice }, organisation, envelope);
  },
};

/** An appeal that counts, by its sealed name. @throws APPEAL_NOT_FOUND */
async function namedAppealOf(
  ledger: Ledger,
  ref: string,
  id: string,
): Promise<Pick<Appeal, 'appeal'> & { readonly relation: RelationEntry }> {
  const relation = await relationOf(ledger, parseRelationRef(ref, 'request.ref'));
  const [name, number] = numberedOf(id);
  const claimId = parseClaimId(name, 'request.id');
  const appeal = entryOf(await appealOf(ledger, { relation, claimId }, number));
  if (appeal === undefined) throw newError('APPEAL_NOT_FOUND', { relationRef: relation.relationRef, claimId, n: number });
  return { relation, appeal };
}

/** The same with its decision: a peer that has not got that yet is asked again. @throws APPEAL_NOT_FOUND */
async function decidedAppealOf(
  ledger: Ledger,
  ref: string,
  id: string,
): Promise<{ readonly relation: RelationEntry; readonly decision: AppealDecision }> {
  const { relation, appeal } = await namedAppealOf(ledger, ref, id);
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
  { ref, id, organisation }: StoreSealed,
  { envelope }: Offer,
  digestOf: (entry: AdjudicationEntry, hospital: MspId) => Digest | null | undefined,
): Promise<void> {
  const relation = await relationOf(ledger, parseRelationRef(ref, 'request.ref'));
  const [name, n] = numberedOf(id);
  const { relationRef, claimId, hospital } = await claimOf(ledger, relation, parseClaimId(name, 'request.id'));
  if (organisation !== hospital) throw new RequestInvalid('request.organisation', 'the hospital that made the claim');
  const entries = (await ledger.trace(adjudicationKey(relationRef, claimId), parseAdjudicationEntry)).filter((one) => one.n === n);
  if (entries.length === 0) throw newError('ADJUDICATION_NOT_FOUND', { relationRef, claimId, n });
  const named = entries.some((entry) => digestOf(entry, hospital) === envelope);
  if (!named) throw newError('COMMITMENT_MISMATCH', { of: 'sealed value' });
}

/** An id with its number. */
function numberedOf(id: string): readonly [string, number] {
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
