import {
  coveragePreimage,
  formatCanonical,
  parseBenefitPlan,
  type BenefitPlan,
  type CoverageDocument,
  type CoverageEntry,
  type CoverageId,
  type CoverageStatement,
  type Day,
  type Digest,
  type MspId,
  type TransactionRequest,
} from '../../src/model';
import { writeQuestion } from './claim-vectors';
import { INSURER, type Consortium } from './story';
import { commit, ISSUED, newRef, newSalt, sha256, signAs, type KeyPair, type PatientRelation } from './wallet';

/** The plan of the claims' vectors, as an insurer publishes it. */
export const newPlan = (more: Partial<BenefitPlan> = {}): BenefitPlan =>
  parseBenefitPlan({ ...writeQuestion({ lines: [] }).plan, version: 1, ...more }, 'plan');

export async function publish(twin: Consortium, plan: BenefitPlan): Promise<void> {
  await twin.submit(await twin.identity(INSURER, 'insurer-clerk'), 'PublishPlan', { plan });
}

/** What the insurer offers. */
export const newTerms = ({ relationRef }: PatientRelation, more: Partial<CoverageDocument> = {}): CoverageDocument => ({
  relationRef,
  coverageId: newRef<CoverageId>(),
  planId: newPlan().planId,
  period: { from: '2026-01-01' as Day, until: null },
  order: 'primary',
  isInNetwork: true,
  salt: newSalt(),
  ...more,
});

/** The terms as the wallet seals them to an organisation, as far as a ledger can tell. */
export const termsEnvelope = (terms: CoverageDocument, mspId: string): string =>
  formatCanonical({ v: 1, ciphertext: sha256(`${formatCanonical(terms)} ${mspId}`) });

/** The patient agrees to terms. */
export function agree(
  relation: PatientRelation,
  terms: CoverageDocument,
  { version = 1, key = relation.keys.signing }: { readonly version?: number; readonly key?: KeyPair } = {},
): string {
  const parties = [relation.patient.custodian, relation.counterparty];
  const statement: CoverageStatement = {
    relationRef: terms.relationRef,
    coverageId: terms.coverageId,
    version,
    document: commit(coveragePreimage(terms)),
    sealed: Object.fromEntries(parties.map((mspId) => [mspId, sha256(termsEnvelope(terms, mspId))])) as Record<MspId, Digest>,
    issuedAt: ISSUED,
  };
  return signAs('coverage', statement, key);
}

/** The request of a version on terms that the patient agreed to. */
export const recording = (
  { relationRef, coverageId }: CoverageDocument,
  coverage: string,
  { version = 1, status = 'active' }: Partial<Pick<CoverageEntry, 'version' | 'status'>> = {},
): TransactionRequest<'RecordCoverage'> => ({ relationRef, coverageId, version, status, coverage });

/** The insurer records a version. */
export async function cover(twin: Consortium, request: TransactionRequest<'RecordCoverage'>): Promise<CoverageEntry> {
  return twin.submit(await twin.identity(INSURER, 'insurer-clerk'), 'RecordCoverage', request);
}
