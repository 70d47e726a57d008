import {
  findGrant,
  parseSigned,
  requestKey,
  type AdjudicationEntry,
  type AppealDecision,
  type AppealEntry,
  type ClaimEntry,
  type ConsentEntry,
  type CoverageEntry,
  type RelationEntry,
  type RelationRef,
  type RequestId,
} from '@medaccord/chaincode/model';
import { digestOf } from '../ledger/digest';
import { listDelegations } from '../store/delegations';
import type { Facts } from '../store/facts';
import type { Parcel } from '../store/outbox';

/** `open`: the entry that a parcel belongs to is not there yet; `of another`: it is, and names another envelope. */
export type ParcelPlace = 'wanted' | 'of another' | 'open';

type Digests = Readonly<Record<string, string>>;

/** By organisation: the digests of the envelopes that the entry of a parcel names; undefined as long as there is no entry. */
const namedBy: Readonly<
  Record<Exclude<Parcel['kind'], 'identity' | 'ask'>, (facts: Facts, ref: string, id: string) => Digests | undefined>
> = {
  binding: (facts, ref) => facts.find<RelationEntry>('relation', ref)?.value.sealed,
  'consent-document': (facts, ref, id) => facts.find<ConsentEntry>('consent', ref, id)?.value.sealed,
  delegation: (facts, ref, id) => findGrant(listDelegations(facts, ref), Number(id))?.sealed,
  coverage: (facts, ref, id) => {
    const entry = facts.find<CoverageEntry>('coverage', ref, nameOf(id))?.value;
    return entry && parseSigned('coverage', entry.jws, 'coverage').payload.sealed;
  },
  claim: (facts, ref, id) => facts.find<ClaimEntry>('claim', ref, id)?.value.sealed,
  adjudication: (facts, ref, id) => facts.find<AdjudicationEntry>('adjudication', ref, nameOf(id))?.value.sealed,
  explanation: (facts, ref, id) => {
    const entry = facts.find<AdjudicationEntry>('adjudication', ref, nameOf(id))?.value;
    const hospital = facts.find<RelationEntry>('relation', ref)?.value.custodian;
    return entry === undefined || hospital === undefined ? undefined : { [hospital]: entry.explanation ?? '' };
  },
  appeal: (facts, ref, id) => facts.find<AppealEntry>('appeal', ref, nameOf(id))?.value.sealed,
  'appeal-opinion': (facts, ref, id) => facts.find<AppealDecision>('appeal-decision', ref, nameOf(id))?.value.sealed,
  'appeal-notice': (facts, ref, id) => {
    const decision = facts.find<AppealDecision>('appeal-decision', ref, nameOf(id))?.value;
    const hospital = facts.find<RelationEntry>('relation', ref)?.value.custodian;
    return decision === undefined || hospital === undefined ? undefined : { [hospital]: decision.notice };
  },
};

/** Whether the public entry that a value belongs to is on the ledger, and names this envelope if it names one. */
export function placeOfParcel(facts: Facts, { organisation, kind, ref, id, envelope }: Parcel): ParcelPlace {
  if (kind === 'identity') return facts.find('patient', ref) === undefined ? 'open' : 'wanted';
  if (kind === 'ask') return hasRequest(facts, ref as RelationRef, id as RequestId) ? 'wanted' : 'open';
  const named = namedBy[kind](facts, ref, id);
  if (named === undefined) return 'open';
  return named[organisation] === digestOf(envelope) ? 'wanted' : 'of another';
}

/** Only a counterparty's request has an ask. */
function hasRequest(facts: Facts, relationRef: RelationRef, requestId: RequestId): boolean {
  const relation = facts.find<RelationEntry>('relation', relationRef)?.value;
  return relation !== undefined && facts.findKey(requestKey(relationRef, relation.counterparty, requestId)) !== undefined;
}

/** `id.number` of a sealed value is `id/number` in the read model. */
function nameOf(id: string): string {
  return id.replace('.', '/');
}
