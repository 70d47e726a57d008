import type {
  Accumulators,
  Actor,
  AdjudicationDocument,
  BenefitPlan,
  ClaimBody,
  ClaimEntry,
  ClaimFacts,
  CoverageDocument,
  CoverageEntry,
  Day,
  Decision,
  Digest,
} from '../model';
import type { StandingClaim } from '../claim';
import type { NamedRecords } from './check-items';

/** Where the chain of a coverage's adjudications stands. */
export interface ChainPlace {
  /** Of the newest adjudication; 0 before the first. */
  readonly position: number;
  readonly used: Accumulators;
}

/** Everything by which one adjudication is judged: opened, and from the ledger. */
export interface AdjudicationQuestion extends StandingClaim {
  readonly claim: ClaimEntry;
  readonly body: ClaimBody;
  readonly document: AdjudicationDocument;
  /** The document of the adjudication that stands. */
  readonly previous: AdjudicationDocument | undefined;
  readonly chain: ChainPlace;
  readonly coverage: { readonly terms: CoverageDocument; readonly versions: readonly CoverageEntry[] };
  readonly plan: BenefitPlan;
  /** What preauthorizations of the coverage that stand allow. */
  readonly authorized: ClaimFacts['authorizations'];
  readonly records: NamedRecords;
  /** By what day the custodian had recorded the patient's death; null when she is not recorded as dead. */
  readonly deceasedBy: Day | null;
  /** The decisions that the document names as releases, in its order. */
  readonly releases: readonly (Decision | undefined)[];
  /** Whether the claim that this one corrects is taken back already, or earlier in the same list. */
  readonly isOldReversed: boolean;
  /** Who decided; null where nobody but the rule may. */
  readonly person: Actor | null;
  /** Of the sealed documents: for the insurer, the hospital and the patient. */
  readonly sealed: { readonly insurer: Digest; readonly hospital: Digest; readonly patient: Digest };
}
