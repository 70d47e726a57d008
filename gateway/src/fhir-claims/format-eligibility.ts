import {
  yearOf,
  type Accumulators,
  type BenefitPlan,
  type CoverageDocument,
  type CoverageEntry,
  type Day,
  type Days,
  type Instant,
  type PlanCategory,
} from '@medaccord/chaincode/model';
import type { JsonObject } from '../fhir';
import { listOf } from '../claims';
import { concept, fhirIdOf, memberOf, moneyOf, patientOf, periodOf } from './elements';
import { formatBalance, formatBenefitHead } from './format-balances';
import { listBalances } from './list-balances';
import { systems } from './systems';

/** A coverage as it stands when somebody asks. */
export interface CoverageStanding {
  readonly entry: CoverageEntry;
  readonly terms: CoverageDocument;
  /** On which it is in force. */
  readonly days: Days;
  /** The plan's version that decides the day that is asked about; undefined where none does. */
  readonly plan: BenefitPlan | undefined;
  /** What the coverage has used; undefined where this organisation does not know it. */
  readonly accumulators: Accumulators | undefined;
}

/** What is asked: of which day, by what request. */
export interface EligibilityQuestion {
  /** The CoverageEligibilityRequest; it is kept nowhere, so the answer holds it. */
  readonly request: JsonObject;
  readonly purposes: readonly string[];
  readonly day: Day;
  readonly at: Instant;
}

/** No client's own contained resource is called so. */
const requestId = 'eligibility-request';

/** What a coverage pays on a day, and what is left of it, as a FHIR R4 CoverageEligibilityResponse. */
export function formatEligibility(question: EligibilityQuestion, coverage: CoverageStanding): JsonObject {
  const { entry, terms } = coverage;
  const { request, purposes, day, at } = question;
  const items = purposes.includes('benefits') ? formatItems(coverage, day) : [];
  return {
    resourceType: 'CoverageEligibilityResponse',
    contained: contain(request),
    status: 'active',
    purpose: [...purposes],
    patient: patientOf(entry.relationRef),
    servicedDate: day,
    created: at,
    request: { reference: `#${requestId}` },
    outcome: purposes.includes('benefits') && !isKnown(coverage) ? 'partial' : 'complete',
    insurer: memberOf(entry.insurer),
    insurance: [
      {
        coverage: { reference: `Coverage/${fhirIdOf(entry.coverageId)}` },
        inforce: coverage.days.from <= day && (coverage.days.until === null || day < coverage.days.until),
        benefitPeriod: periodOf(terms.period),
        ...(items.length > 0 && { item: items }),
      },
    ],
  };
}

/** Whether its benefits can be told whole. */
function isKnown({ plan, accumulators }: CoverageStanding): boolean {
  return plan !== undefined && accumulators !== undefined;
}

/** What is contained has no version of its own and contains nothing: what the request held stands beside it. */
function contain({ contained, meta: _meta, ...request }: JsonObject): JsonObject[] {
  const held = listOf(contained, 'CoverageEligibilityRequest.contained').map(({ value }) => value);
  return [...held, { ...request, id: requestId }];
}

function formatItems({ terms, plan, accumulators }: CoverageStanding, day: Day): JsonObject[] {
  if (plan === undefined) return [];
  const year = yearOf(day, plan.yearBegins);
  const balances = accumulators === undefined ? [] : listBalances(plan, accumulators, year);
  const network = concept({ system: systems.benefitNetwork, code: terms.isInNetwork ? 'in' : 'out' });
  return [undefined, ...plan.categories].map((category) => {
    const { category: code, ...head } = formatBenefitHead(category, year);
    const left = balances.filter((one) => one.category === category).map((one) => formatBalance(one, plan.currency));
    const benefit = [...left, ...formatShare(category, terms, plan)];
    const isExcluded = category?.outOfNetwork === null && !terms.isInNetwork;
    return { category: code ?? null, ...(isExcluded && { excluded: true }), ...head, network, ...(benefit.length > 0 && { benefit }) };
  });
}

/** What the patient bears of each service, beside the deductible. */
function formatShare(category: PlanCategory | undefined, { isInNetwork }: CoverageDocument, { currency }: BenefitPlan): JsonObject[] {
  const share = isInNetwork ? category?.inNetwork : category?.outOfNetwork;
  if (!share) return [];
  const typed = (code: string): JsonObject => concept({ system: systems.benefitType, code });
  return [
    ...(share.copay > 0 ? [{ type: typed('copay'), allowedMoney: moneyOf(share.copay, currency) }] : []),
    ...(share.coinsurance > 0 ? [{ type: typed('copay-percent'), allowedString: `${String(share.coinsurance / 100)}%` }] : []),
  ];
}
