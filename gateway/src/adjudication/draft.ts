import {
  addAccumulators,
  addDays,
  adjudicationRef,
  authorizationId,
  dayOf,
  decideClaim,
  decidingPlan,
  explanationRef,
  formatCanonical,
  formatUtf8,
  settledFactsOf,
  subtractAccumulators,
  type Accumulators,
  type Adjudication,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type BenefitPlan,
  type ClaimBody,
  type ClaimFacts,
  type ClaimId,
  type LineOverride,
  type PlanEntry,
} from '@medaccord/chaincode/model';
import type { OpenedClaim } from '../claim-papers/open-claim';
import { usedBy, type Chain } from '../claim-papers/read-chain';
import { newSalt, PATIENT, seal, sealingPublicKeyOf } from '../crypto';
import { newError } from '../problem';
import { findSealingKey } from '../sealed/find-sealing-key';
import { listStatuses, type Parcel } from '../store';
import type { AdjudicationOptions } from './adjudication-options';
import type { Evidence } from './gather-evidence';
import { neededElsewhere } from './needed-elsewhere';
import type { OpenedCoverage } from './open-coverage';

/** How long a preauthorization may be drawn on, from the day for which it was asked. */
const VALID_DAYS = 90;

type Decided = NonNullable<AdjudicationDocument['decided']>;

/** What a person of the insurer said of a claim that the rule put before one. */
export interface PersonsWord {
  readonly decisions: ClaimFacts['decisions'];
  readonly overrides: readonly LineOverride[];
  readonly note?: string | undefined;
}

/** An adjudication that is to be made: of a claim as it stands, or that a later claim takes it back. */
export interface Draft extends OpenedClaim {
  readonly standing: AdjudicationEntry;
  /** The document of what stands; undefined before the first. */
  readonly previous: AdjudicationDocument | undefined;
  readonly act: { readonly evidence: Evidence; readonly word?: PersonsWord } | { readonly reversedBy: ClaimId };
}

/** A document with what is sealed of it. */
export interface Written {
  readonly draft: Draft;
  readonly document: AdjudicationDocument;
  readonly text: string;
  /** For the insurer itself. */
  readonly envelope: string;
  readonly parcels: { readonly hospital: Parcel; readonly patient: Parcel };
}

/** The version of the plan by which a claim is decided; undefined where none was in force. */
export function planOf({ plans }: Pick<OpenedCoverage, 'plans'>, { claim, body }: OpenedClaim): PlanEntry | undefined {
  return decidingPlan(plans, claim.submittedAt, body.lines[0]?.day ?? dayOf(claim.submittedAt));
}

/**
 * Writes the documents of one adjudication after another, each on what the one before it left.
 * @param authorized what the preauthorizations of the coverage that stand allow
 * @param elsewhere what her other coverages used
 */
export async function writeDrafts(
  options: AdjudicationOptions,
  coverage: OpenedCoverage,
  drafts: readonly Draft[],
  { chain, ...given }: { readonly chain: Chain } & Pick<Place, 'authorized' | 'elsewhere'>,
): Promise<readonly Written[]> {
  const written: Written[] = [];
  let { position, used } = chain;
  for (const draft of drafts) {
    position += 1;
    const before = draft.previous === undefined ? used : subtractAccumulators(used, usedBy(options, draft.previous));
    const document = newDocument(options, coverage, draft, { position, before, ...given });
    used = addAccumulators(before, usedBy(options, document));
    written.push(await sealDocument(options, coverage, draft, document));
  }
  return written;
}

interface Place {
  readonly position: number;
  readonly before: Accumulators;
  readonly authorized: ClaimFacts['authorizations'];
  readonly elsewhere: Accumulators;
}

function newDocument(options: AdjudicationOptions, coverage: OpenedCoverage, draft: Draft, place: Place): AdjudicationDocument {
  const { claim, act, standing } = draft;
  const plan = planOf(coverage, draft);
  if (plan === undefined) throw newError('RESOURCE_NOT_FOUND', 'No version of the plan decides this claim');
  const word = 'word' in act ? act.word : undefined;
  const outcome =
    'reversedBy' in act
      ? { elsewhere: {}, decided: null, reversedBy: act.reversedBy }
      : { ...decide(options, coverage, { draft, plan: plan.plan, ...act }, place), reversedBy: null };
  return {
    relationRef: claim.relationRef,
    claimId: claim.claimId,
    n: standing.n + 1,
    coverageId: claim.coverageId,
    position: place.position,
    before: place.before,
    salt: newSalt(),
    coverageVersion: coverage.newest.version,
    planId: plan.planId,
    planVersion: plan.version,
    ...outcome,
    ...(word?.note !== undefined && { note: word.note }),
    manner: word === undefined ? 'rule' : 'person',
  };
}

interface Question {
  readonly draft: Draft;
  readonly plan: BenefitPlan;
  readonly evidence: Evidence;
  readonly word?: PersonsWord;
}

function decide(
  options: AdjudicationOptions,
  coverage: OpenedCoverage,
  { draft, plan, evidence, word }: Question,
  { before, authorized, elsewhere: used }: Place,
): { readonly elsewhere: Accumulators; readonly decided: Decided } {
  const { body } = draft;
  const facts: ClaimFacts = {
    ...settledFactsOf(draft, coverage, authorized),
    deceasedOn: deceasedOn(options, coverage),
    evidence: evidence.evidence,
    decisions: word?.decisions ?? [],
  };
  const answer = (elsewhere: Accumulators): Adjudication => decideClaim(plan, { before, elsewhere }, body, facts);
  const elsewhere = neededElsewhere(used, { plan, body }, answer);
  const result = answer(elsewhere);
  const decided = {
    facts,
    releases: evidence.releases,
    result: formatCanonical(result),
    overrides: word?.overrides ?? [],
    authorized: authorizedBy(body, result),
  };
  return { elsewhere, decided };
}

/** The day by which the hospital had recorded the patient's death: the ledger does not tell that of the death itself. */
function deceasedOn({ facts }: AdjudicationOptions, { subjectRef }: OpenedCoverage): ClaimFacts['deceasedOn'] {
  const newest = listStatuses(facts, subjectRef).at(-1);
  return newest?.status === 'deceased' ? dayOf(newest.issuedAt) : null;
}

/** What a preauthorization allows: what the rule would pay, as much of it, on the days for which it was asked. */
function authorizedBy({ use, claimId, lines }: ClaimBody, result: Adjudication): Decided['authorized'] {
  if (use !== 'preauthorization') return [];
  return lines.flatMap(({ sequence, service, day, units }) => {
    const decided = result.lines.find((one) => one.sequence === sequence);
    if (decided?.outcome !== 'paid') return [];
    return [
      {
        id: authorizationId(claimId, sequence),
        service,
        days: { from: day, until: addDays(day, VALID_DAYS) },
        units: Math.min(units, decided.units),
      },
    ];
  });
}

async function sealDocument(
  { mspId, publicKey }: AdjudicationOptions,
  { relation, hospital }: OpenedCoverage,
  draft: Draft,
  document: AdjudicationDocument,
): Promise<Written> {
  const { relationRef, claimId, n } = document;
  const text = formatCanonical(document);
  const plain = formatUtf8(text);
  const place = adjudicationRef(relationRef, claimId, n);
  const shown = explanationRef(relationRef, claimId, n);
  const toHospital = await seal(findSealingKey(hospital.encryption), { ...place, recipient: relation.custodian }, plain);
  const toPatient = await seal(sealingPublicKeyOf(relation.keys.sealing), { ...shown, recipient: PATIENT }, plain);
  return {
    draft,
    document,
    text,
    envelope: await seal(publicKey, { ...place, recipient: mspId }, plain),
    parcels: {
      hospital: { ...place, kind: 'adjudication', organisation: relation.custodian, envelope: toHospital },
      patient: { ...shown, kind: 'explanation', organisation: relation.custodian, envelope: toPatient },
    },
  };
}
