import type {
  Acknowledgement,
  Adjudication,
  AdjudicationDocument,
  AdjudicationEntry,
  ClaimBody,
  ClaimEntry,
} from '@medaccord/chaincode/model';
import { findRequestStatus } from '../access/request-status';
import { openClaim } from '../claim-papers/open-claim';
import { listAdjudications, openAdjudication } from '../claim-papers/read-chain';
import type { AdjudicationVerdict } from '../claims';
import type { AdjudicationOptions } from './adjudication-options';
import { checkClaim } from './check-claim';
import { findOwnClaim, type ClaimName } from './decide-by-person';

/** A body without the salts that open the anchors of its records. */
type ShownBody = Pick<ClaimBody, 'type' | 'currency'> & {
  readonly lines: readonly (Omit<ClaimBody['lines'][number], 'records' | 'item'> & {
    readonly records: readonly { readonly recordId: string; readonly version: number; readonly type: string }[];
    readonly item: string;
  })[];
};

/** What the insurer decided, with the answer of the rule opened. */
type ShownDocument = Omit<AdjudicationDocument, 'salt' | 'decided'> & {
  readonly decided: (Omit<NonNullable<AdjudicationDocument['decided']>, 'result'> & { readonly result: Adjudication }) | null;
};

/** A claim as a clerk of its insurer reads it. */
export interface ReadClaim {
  readonly claim: ClaimEntry;
  readonly acknowledgement: Acknowledgement | null;
  /** Null as long as it has not arrived, or where it is not the one that the ledger commits to. */
  readonly body: ShownBody | null;
  /** Every adjudication, the oldest first. */
  readonly adjudications: readonly AdjudicationEntry[];
  /** Of the newest. */
  readonly document: ShownDocument | null;
  /** The releases by which evidence came. */
  readonly evidence: readonly { readonly requestId: string; readonly status: string }[];
  /** The newest adjudication worked out again; null where there is none. */
  readonly check: AdjudicationVerdict | null;
}

/** A claim of this insurer with everything about it. @throws CodedError RESOURCE_NOT_FOUND */
export async function readClaim(options: AdjudicationOptions, name: ClaimName): Promise<ReadClaim> {
  const { facts } = options;
  const claim = findOwnClaim(options, name);
  const opened = await openClaim(options, claim);
  const body = typeof opened === 'object' ? opened.body : null;
  const all = listAdjudications(options, claim);
  const adjudications = all.filter(({ claimId }) => claimId === name.claimId).sort((one, other) => one.n - other.n);
  const entry = adjudications.at(-1);
  const document = entry === undefined ? null : await openAdjudication(options, entry);
  return {
    claim,
    acknowledgement: facts.find<Acknowledgement>('acknowledgement', name.relationRef, name.claimId)?.value ?? null,
    body: body && show(body),
    adjudications,
    document: document && showDocument(document),
    evidence: listReleases(options, document),
    check: body && document && entry ? await checkClaim(options, { claim, body, entry, document, all }) : null,
  };
}

function listReleases({ facts, mspId }: AdjudicationOptions, document: AdjudicationDocument | null): ReadClaim['evidence'] {
  const requestIds = document?.decided?.releases ?? [];
  const found = requestIds.flatMap((requestId) => findRequestStatus(facts, mspId, requestId) ?? []);
  return found.map(({ requestId, status }) => ({ requestId, status }));
}

function show({ type, currency, lines }: ClaimBody): ShownBody {
  return {
    type,
    currency,
    lines: lines.map(({ records, item, ...line }) => ({
      ...line,
      records: records.map(({ recordId, version, type: recordType }) => ({ recordId, version, type: recordType })),
      item: item.recordId,
    })),
  };
}

function showDocument({ salt: _salt, decided, ...document }: AdjudicationDocument): ShownDocument {
  return { ...document, decided: decided === null ? null : { ...decided, result: JSON.parse(decided.result) as Adjudication } };
}
