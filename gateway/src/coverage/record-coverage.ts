import {
  coveragePreimage,
  coverageRef,
  formatCanonical,
  parseSigned,
  parseUtf8,
  type CoverageDocument,
  type CoverageEntry,
  type CoverageId,
  type CoverageStatement,
  type CoverageStatus,
  type RelationEntry,
  type RelationRef,
} from '@medaccord/chaincode/model';
import { assertOpens, verifyJws } from '../crypto';
import { digestOf } from '../ledger/digest';
import type { LedgerIdentity } from '../ledger/ledger';
import { newError } from '../problem';
import { deliverSoon } from '../sealed/deliver-soon';
import type { DeliveryStatus } from '../sealed/mailer';
import type { Parcel } from '../store';
import { findCover, type CoverageOptions, type Recorded } from './coverage-options';
import { findNewestCoverage } from './offer-coverage';

export interface SignedCoverage {
  /** The patient's statement of the terms. */
  readonly coverage: string;
  /** By MSP id: the terms sealed to hospital and insurer. */
  readonly documents: Readonly<Record<string, string>>;
}

export interface RecordedCoverage extends Recorded<CoverageEntry> {
  readonly deliveries: readonly { readonly organisation: string; readonly status: DeliveryStatus }[];
}

/**
 * Puts the terms that a patient signed on the ledger, then what her wallet sealed to both sides. They must be an offer of this insurer, word
 * for word.
 * @throws CodedError RELATION_UNKNOWN, NOT_THE_INSURER; RESOURCE_NOT_FOUND without such an offer; REQUEST_INVALID where the envelopes are
 * not the ones that she signed, or hold something else; SignatureInvalid, CommitmentMismatch
 */
export async function recordCoverage(options: CoverageOptions, { coverage, documents }: SignedCoverage): Promise<RecordedCoverage> {
  const { payload } = parseSigned('coverage', coverage, 'body.coverage');
  const { relationRef, coverageId, version } = payload;
  const relation = findCover(options, relationRef);
  await verifyJws('coverage', coverage, relation.keys.signing);
  const offer = await options.store.offers.find(coverageId, version);
  if (offer?.document.relationRef !== relationRef) return repeated(options, coverage, payload);
  await assertOpens(payload.document, coveragePreimage(offer.document));
  assertParties(documents, relation, payload);
  await assertHolds(options, documents[options.mspId] ?? '', offer);
  const parcels = Object.entries(documents).map(([organisation, envelope]): Parcel => ({
    ...coverageRef(relationRef, coverageId, version),
    kind: 'coverage',
    organisation,
    envelope,
  }));
  await options.mailer.put(parcels);
  const done = await submit(options, { relationRef, coverageId, version, status: 'active', coverage });
  const delivered = await deliverSoon(options.mailer, parcels);
  await options.store.offers.remove(coverageId, version);
  return { ...done, deliveries: delivered.map(({ organisation, status }) => ({ organisation, status })) };
}

export interface StatusWish {
  readonly relationRef: RelationRef;
  readonly coverageId: CoverageId;
  readonly status: CoverageStatus;
  /** Of the person who changes it. */
  readonly identity: LedgerIdentity;
}

/**
 * Suspends, resumes or ends a coverage under the terms that stand; what is ended stays so. The same status once more changes nothing.
 * @throws CodedError RELATION_UNKNOWN, NOT_THE_INSURER, RESOURCE_NOT_FOUND and those of the ledger
 */
export async function changeCoverage(
  options: CoverageOptions,
  { relationRef, coverageId, status, identity }: StatusWish,
): Promise<Recorded<CoverageEntry>> {
  findCover(options, relationRef);
  const newest = findNewestCoverage(options, relationRef, coverageId);
  if (newest === undefined) throw newError('RESOURCE_NOT_FOUND', 'There is no such coverage in this relation');
  if (newest.status === status) return findRecorded(options, newest);
  return submit(options, { relationRef, coverageId, version: newest.version + 1, status, coverage: newest.jws }, identity);
}

interface CoverageVersion {
  readonly relationRef: RelationRef;
  readonly coverageId: CoverageId;
  readonly version: number;
  readonly status: CoverageStatus;
  readonly coverage: string;
}

async function submit(
  { transactions, projector }: CoverageOptions,
  request: CoverageVersion,
  identity?: LedgerIdentity,
): Promise<Recorded<CoverageEntry>> {
  const { coverageId, version, status, coverage } = request;
  const operation = `coverage/${coverageId}/${String(version)}/${status}/${digestOf(coverage)}`;
  const { result, transactionId, block } = await transactions.submit('RecordCoverage', request, {
    operation,
    mayLag: true,
    ...(identity === undefined ? {} : { identity }),
  });
  await projector.waitForBlock(block);
  return { ...result, transactionId, block };
}

/** The answer to a statement that was recorded before: its offer is gone. @throws CodedError RESOURCE_NOT_FOUND */
function repeated(options: CoverageOptions, coverage: string, { relationRef, coverageId, version }: CoverageStatement): RecordedCoverage {
  const entry = options.store.facts.find<CoverageEntry>('coverage', relationRef, `${coverageId}/${String(version)}`)?.value;
  if (entry?.jws !== coverage) throw newError('RESOURCE_NOT_FOUND', 'This insurer offers no such terms');
  return { ...findRecorded(options, entry), deliveries: [] };
}

function findRecorded({ store }: CoverageOptions, entry: CoverageEntry): Recorded<CoverageEntry> {
  const { relationRef, coverageId, version } = entry;
  const fact = store.facts.find<CoverageEntry>('coverage', relationRef, `${coverageId}/${String(version)}`);
  return { ...entry, transactionId: fact?.transactionId ?? '', block: fact?.block ?? 0 };
}

function assertParties(documents: SignedCoverage['documents'], relation: RelationEntry, { sealed }: CoverageStatement): void {
  const parties = [relation.custodian, relation.counterparty];
  const named = sealed as Readonly<Record<string, string>>;
  const isWhole = parties.every((mspId) => documents[mspId] !== undefined && named[mspId] === digestOf(documents[mspId]));
  if (isWhole && Object.keys(documents).length === parties.length) return;
  throw newError('REQUEST_INVALID', 'body.documents: must hold the envelopes that the patient signed, for hospital and insurer', {
    details: { problems: [{ place: 'body.documents', problem: 'is not what the statement names' }] },
  });
}

/** The envelope for this insurer must hold the very terms: later nobody could adjudicate by what it holds instead. */
async function assertHolds(
  { sealed }: CoverageOptions,
  envelope: string,
  { version, document }: { readonly version: number; readonly document: CoverageDocument },
): Promise<void> {
  const place = coverageRef(document.relationRef, document.coverageId, version);
  if (parseUtf8(await sealed.open(place, envelope)) === formatCanonical(document)) return;
  throw newError('REQUEST_INVALID', 'body.documents: the envelope for this insurer holds other terms', {
    details: { problems: [{ place: 'body.documents', problem: 'is not what the statement names' }] },
  });
}
