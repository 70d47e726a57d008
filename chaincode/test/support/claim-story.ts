import {
  adjudicationPreimage,
  addAccumulators,
  claimPreimage,
  decideClaim,
  formatCanonical,
  settledFactsOf,
  subtractAccumulators,
  usedPreimage,
  type Accumulators,
  type Actor,
  type Adjudication,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type BenefitPlan,
  type ClaimBody,
  type ClaimBodyLine,
  type ClaimEntry,
  type ClaimFacts,
  type ClaimId,
  type ClaimUse,
  type CoverageDocument,
  type CoverageEntry,
  type CoverageId,
  type CoverageStatus,
  type Day,
  type Digest,
  type MspId,
  type RelatedClaim,
  type Salt,
  type TransactionRequest,
  type TransactionResponse,
  type TransientInput,
} from '../../src/model';
import { tagOf } from '../../src/adjudication';
import type { Sending } from './consortium-twin';
import { agree, newTerms, recording } from './coverage-story';
import { AUTHORITY, checkIn, HOSPITAL, importRecords, INSURER, newRecord, sealedText, type Consortium, type TestRecord } from './story';
import { commit, newRef, newSalt, sha256, type Patient, type PatientRelation } from './wallet';

type Decided = NonNullable<AdjudicationDocument['decided']>;

export const serviceOf = (code: string): { readonly system: string; readonly code: string } => ({ system: 'urn:s', code });

const share = { deductible: true, copay: 0, coinsurance: 2000 };

/** Visits are paid after the deductible, surgery needs an authorization and its record, cosmetics a person's word. */
export const PLAN: BenefitPlan = {
  planId: 'basic',
  version: 1,
  title: 'Basic',
  currency: 'USD',
  period: { from: '2026-01-01' as Day, until: null },
  yearBegins: '01-01',
  rounding: 'half-up',
  deductible: 10_000,
  outOfPocketMaximum: null,
  yearLimit: 500_000,
  filingDays: 365,
  coordination: 'standard',
  duplicates: 'review',
  untariffed: { inNetwork: 10_000, outOfNetwork: null },
  categories: [
    {
      ...{ id: 'all', title: 'All', benefitCategory: '1', yearLimit: 300_000 },
      services: { codes: [{ system: 'urn:s' }] },
      inNetwork: share,
      outOfNetwork: null,
    },
  ],
  tariffs: [],
  bundles: [],
  companions: [],
  evidence: [{ id: 'surgery', services: { codes: [serviceOf('surgery')] }, recordTypes: ['Procedure'], otherwise: 'review' }],
  waitingPeriods: [],
  authorizations: [{ id: 'planned', services: { codes: [serviceOf('implant')] }, chargeOver: 0 }],
  quantities: [{ id: 'visits', services: { codes: [serviceOf('visit')] }, per: 'year', maximum: 40, over: 'deny' }],
  exclusions: [{ id: 'cosmetic', title: 'Cosmetic', services: { codes: [serviceOf('cosmetic')] } }],
  rules: [{ id: 'dear', title: 'Dear', services: { codes: [serviceOf('spa')] }, when: {}, then: 'review' }],
};

export async function publish(twin: Consortium, plan = PLAN, insurer = INSURER): Promise<void> {
  await twin.submit(await twin.identity(insurer, 'insurer-clerk'), 'PublishPlan', { plan });
}

/** A patient's coverage at an insurer, with what the insurer's desk keeps of it. */
export class Cover {
  readonly relation: PatientRelation;
  readonly terms: CoverageDocument;
  readonly versions: CoverageEntry[] = [];
  position = 0;
  used: { used: Accumulators; salt: Salt } | null = null;
  readonly documents = new Map<ClaimId, AdjudicationDocument[]>();

  get coverageId(): CoverageId {
    return this.terms.coverageId;
  }

  constructor(
    readonly twin: Consortium,
    readonly patient: Patient,
    readonly insurer: MspId = INSURER,
    terms: Partial<CoverageDocument> = {},
  ) {
    this.relation = patient.relateTo(insurer, ['cover']);
    this.terms = newTerms(this.relation, { planId: PLAN.planId, ...terms });
  }

  /** The next version, on the terms that the patient signed. */
  async record(status: CoverageStatus = 'active', sending: Sending = {}): Promise<CoverageEntry> {
    const coverage = this.versions[0]?.jws ?? agree(this.relation, this.terms);
    const request = recording(this.terms, coverage, { version: this.versions.length + 1, status });
    const entry = await this.twin.submit(await this.twin.identity(this.insurer, 'gateway'), 'RecordCoverage', request, sending);
    this.versions.push(entry);
    return entry;
  }
}

/** A relation of cover with a coverage that is active. */
export async function cover(twin: Consortium, patient: Patient, insurer = INSURER, terms: Partial<CoverageDocument> = {}): Promise<Cover> {
  const covered = new Cover(twin, patient, insurer, terms);
  await checkIn(twin, covered.relation);
  await covered.record();
  return covered;
}

/** Records of procedures of a patient, anchored. */
export async function treat(twin: Consortium, patient: Patient, count = 1): Promise<readonly TestRecord[]> {
  const records = Array.from({ length: count }, () => newRecord(patient, { type: 'Procedure', category: 'procedures' }));
  await importRecords(twin, records);
  return records;
}

export function lineOf(record: TestRecord, more: Partial<ClaimBodyLine> & { readonly code?: string } = {}): ClaimBodyLine {
  const { code = 'visit', ...rest } = more;
  const { recordId, version, subjectSalt } = record;
  return {
    sequence: 1,
    service: serviceOf(code),
    day: '2026-02-20' as Day,
    units: 1,
    charge: 10_000,
    records: [{ recordId, version, type: 'Procedure', subjectSalt }],
    item: { recordId, subjectSalt },
    ...rest,
  };
}

/** A claim as its hospital knows it. */
export interface TestClaim {
  readonly cover: Cover;
  readonly body: ClaimBody;
  readonly request: TransactionRequest<'SubmitClaim'>;
  /** The body sealed to the hospital, and to the insurer. */
  readonly envelope: string;
  readonly insurersEnvelope: string;
}

interface ClaimShape {
  readonly use?: ClaimUse;
  readonly related?: RelatedClaim | null;
  readonly change?: Partial<TransactionRequest<'SubmitClaim'>>;
}

export function newClaim(
  of: Cover,
  lines: readonly ClaimBodyLine[],
  { use = 'claim', related = null, change = {} }: ClaimShape = {},
): TestClaim {
  const claimId = newRef<ClaimId>();
  const { relationRef } = of.relation;
  const body: ClaimBody = {
    ...{ relationRef, claimId, use, coverageId: of.coverageId, related, type: 'professional', currency: 'USD', salt: newSalt() },
    lines: lines.map((line, at) => ({ ...line, sequence: at + 1 })),
  };
  const [envelope, insurersEnvelope] = [sealedText('claim'), sealedText('claim')];
  const sealed = { [HOSPITAL]: sha256(envelope), [of.insurer]: sha256(insurersEnvelope) } as Record<MspId, Digest>;
  const tags = use === 'claim' ? body.lines.map(tagOf) : [];
  const request = {
    relationRef,
    claimId,
    use,
    coverageId: of.coverageId,
    related,
    body: commit(claimPreimage(body)),
    sealed,
    tags,
    ...change,
  };
  return { cover: of, body, request, envelope, insurersEnvelope };
}

export async function submitClaim({ cover: { twin }, request, envelope }: TestClaim, sending: Sending = {}): Promise<ClaimEntry> {
  return twin.submit(await twin.identity(HOSPITAL, 'gateway'), 'SubmitClaim', request, {
    input: { envelope },
    endorsers: [HOSPITAL, AUTHORITY],
    ...sending,
  });
}

/** Submits a claim for one service of a fresh record. */
export async function claimFor(of: Cover, more: Parameters<typeof lineOf>[1] = {}, shape: ClaimShape = {}): Promise<SubmittedClaim> {
  const [record] = await treat(of.twin, of.patient);
  if (record === undefined) throw new Error('no record');
  return submitted(newClaim(of, [lineOf(record, more)], shape));
}

export async function submitted(claim: TestClaim, sending: Sending = {}): Promise<SubmittedClaim> {
  return { ...claim, entry: await submitClaim(claim, sending) };
}

export interface SubmittedClaim extends TestClaim {
  readonly entry: ClaimEntry;
}

/** What the insurer decides of one claim; what is left out is what the rule alone would have. */
export interface Deciding {
  readonly claim: SubmittedClaim;
  /** What the rule is told otherwise: its result follows. */
  readonly facts?: Partial<ClaimFacts>;
  readonly plan?: BenefitPlan;
  readonly elsewhere?: Accumulators;
  /** Falsifies the decision after it was made. */
  readonly decided?: Partial<Decided>;
  /** Falsifies the document. */
  readonly change?: Partial<AdjudicationDocument>;
  readonly manner?: 'rule' | 'person';
  /** The claim that takes this one back: nothing is decided. */
  readonly reversedBy?: ClaimId;
}

/** A list that can be sent, and what the desk keeps when it commits. */
export interface Prepared {
  readonly request: TransactionRequest<'AdjudicateClaims'>;
  readonly input: TransientInput<'AdjudicateClaims'>;
  readonly documents: readonly AdjudicationDocument[];
  readonly used: { used: Accumulators; salt: Salt } | null;
}

export const PERSON = sha256('clerk') as Actor;
export const SECOND = sha256('other clerk') as Actor;

/** A document of a list as it is sealed to somebody, as far as a ledger can tell. */
export const documentEnvelope = (to: 'hospital' | 'patient', at: number): string =>
  formatCanonical({ v: 1, ciphertext: sha256(`${to} ${String(at)}`) });

/** What an insurer's agent would send: documents one after another, each before the next. */
export function prepare(
  of: Cover,
  decidings: readonly Deciding[],
  {
    person = null,
    preauthorizations = [],
  }: { readonly person?: Actor | null; readonly preauthorizations?: readonly AdjudicationDocument[] } = {},
): Prepared {
  let used: Accumulators = of.used?.used ?? {};
  const documents: AdjudicationDocument[] = [];
  const authorized = preauthorizations.flatMap(({ decided }) => decided?.authorized ?? []);
  for (const [at, deciding] of decidings.entries()) {
    const earlier = of.documents.get(deciding.claim.body.claimId) ?? [];
    const before = withoutEarlier(used, earlier.at(-1), deciding.claim.body.use);
    const { document, uses } = documentOf(of, deciding, { n: earlier.length + 1, position: of.position + at + 1, before, authorized });
    documents.push(document);
    used = addAccumulators(before, uses);
  }
  const { relationRef } = of.relation;
  const ids = decidings.map(({ claim }) => ({ claimId: claim.body.claimId }));
  return {
    request: { relationRef, coverageId: of.coverageId, coverageVersion: of.versions.length, claims: ids, person },
    input: {
      coverage: formatCanonical(of.terms),
      binding: of.relation.binding,
      used: of.used,
      preauthorizations: preauthorizations.map((one) => formatCanonical(one)),
      claims: decidings.map(({ claim }, at) => {
        const previous = of.documents.get(claim.body.claimId)?.at(-1);
        return {
          body: formatCanonical(claim.body),
          ...(previous !== undefined && { previous: formatCanonical(previous) }),
          document: formatCanonical(documents[at] ?? null),
          envelope: sealedText('adjudication'),
          hospital: sha256(documentEnvelope('hospital', at)) as Digest,
          patient: sha256(documentEnvelope('patient', at)) as Digest,
        };
      }),
    },
    documents,
    used: { used, salt: documents.at(-1)?.salt ?? newSalt() },
  };
}

function withoutEarlier(used: Accumulators, earlier: AdjudicationDocument | undefined, use: ClaimUse): Accumulators {
  const decided = earlier?.decided ?? null;
  return decided === null || use !== 'claim' ? used : subtractAccumulators(used, (JSON.parse(decided.result) as Adjudication).used);
}

function documentOf(
  of: Cover,
  { claim, facts: told = {}, plan = PLAN, elsewhere = {}, decided: changed = {}, change = {}, manner = 'rule', reversedBy }: Deciding,
  place: {
    readonly n: number;
    readonly position: number;
    readonly before: Accumulators;
    readonly authorized: ClaimFacts['authorizations'];
  },
): { readonly document: AdjudicationDocument; readonly uses: Accumulators } {
  const { n, position, before, authorized } = place;
  const { relationRef, claimId, coverageId } = claim.entry;
  const head = { relationRef, claimId, n, coverageId, position, before, elsewhere, salt: newSalt() };
  const version = { coverageVersion: of.versions.length, planId: plan.planId, planVersion: plan.version };
  const common = { ...head, ...version, reversedBy: reversedBy ?? null, manner };
  if (reversedBy !== undefined) return { document: { ...common, decided: null, ...change }, uses: {} };
  const settled = settledFactsOf({ claim: claim.entry, body: claim.body }, of, authorized);
  const facts: ClaimFacts = { ...settled, deceasedOn: null, evidence: [], decisions: [], ...told };
  const result = decideClaim(plan, { before, elsewhere }, claim.body, facts);
  const decided: Decided = { facts, releases: [], result: formatCanonical(result), overrides: [], authorized: [], ...changed };
  return { document: { ...common, decided, ...change }, uses: claim.body.use === 'claim' ? result.used : {} };
}

/** Sends a prepared list; on commit the desk goes on from it. */
export async function adjudicate(of: Cover, prepared: Prepared, sending: Sending = {}): Promise<TransactionResponse<'AdjudicateClaims'>> {
  const { twin, insurer } = of;
  const as = await twin.identity(insurer, prepared.request.person === null ? 'gateway' : 'insurer-clerk');
  const answer = await twin.submit(as, 'AdjudicateClaims', prepared.request, { input: prepared.input, endorsers: [insurer], ...sending });
  keep(of, prepared);
  return answer;
}

/** What a desk keeps of a list that is committed. */
export function keep(of: Cover, prepared: Prepared): void {
  of.position += prepared.documents.length;
  of.used = prepared.used;
  for (const document of prepared.documents) of.documents.set(document.claimId, [...(of.documents.get(document.claimId) ?? []), document]);
}

/** Decides claims by the rule alone, in one list. */
export async function decideByRule(of: Cover, ...claims: readonly SubmittedClaim[]): Promise<readonly AdjudicationEntry[]> {
  return (
    await adjudicate(
      of,
      prepare(
        of,
        claims.map((claim) => ({ claim })),
      ),
    )
  ).adjudications;
}

export const resultOf = (document: AdjudicationDocument | undefined): Adjudication =>
  JSON.parse(document?.decided?.result ?? 'null') as Adjudication;

/** What the ledger commits to of what is used. */
export const usedCommitment = (of: Cover): string | null => (of.used === null ? null : commit(usedPreimage(of.used.used, of.used.salt)));
export const documentCommitment = (document: AdjudicationDocument): string => commit(adjudicationPreimage(document));
