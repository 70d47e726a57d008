import {
  asksFor,
  formatInstant,
  isBreakGlass,
  type Decision,
  type Instant,
  type MspId,
  type Obligation,
  type RelationEntry,
  type RequestingPerson,
  type Rules,
  type StaffRole,
} from '@medaccord/chaincode/model';
import type { ConsentCheck, Ruling } from '../decision';
import type { Transactions } from '../ledger/transactions';
import { readCode } from '../problem';
import { readProof } from '../release/read-proof';
import { findEndingOf, findWithdrawal, type Fact, type Facts } from '../store';
import type { OpenedReleases, OpenedVersion } from './opened-releases';

export interface VisibleOptions {
  readonly mspId: MspId;
  readonly facts: Facts;
  readonly transactions: Pick<Transactions, 'evaluate'>;
  readonly check: Pick<ConsentCheck, 'decideOn' | 'assertKnown'>;
  readonly opened: Pick<OpenedReleases, 'open' | 'drop'>;
  readonly onTrouble: (error: unknown) => void;
}

/** Who reads, as the organisation attests it. */
export interface Reader {
  readonly role: StaffRole;
  readonly person: RequestingPerson;
}

/** A version that the reader may see now, with all that goes with it. */
export interface VisibleVersion extends OpenedVersion {
  readonly obligations: readonly Obligation[];
}

/** A record that the reader may see now. */
export interface VisibleRecord {
  readonly newest: VisibleVersion;
  /** What was released of it, oldest first. */
  readonly versions: readonly VisibleVersion[];
  /** Where it stands among the relation's: by when it was first released. Texts are compared. */
  readonly place: string;
}

interface OpenRelease {
  readonly fact: Fact<Decision>;
  readonly versions: readonly OpenedVersion[];
}

/** Of a delivery that cannot be read whole there is nothing to see; GET /api/releases/{requestId} says what is wrong with it. */
const unreadable = new Set(['RELEASE_NOT_READY', 'RELEASE_ENDED', 'RECEIPT_MISSING', 'CONTENT_NOT_ANCHORED', 'DECRYPT_FAILED']);

/**
 * What a reader may see of a relation now, in the order of its release: what is permitted, and its custodian did not withdraw.
 * @throws CodedError READ_MODEL_STALE, HEIGHT_NOT_PROVEN
 */
export async function listVisible(options: VisibleOptions, relationRef: string, reader: Reader): Promise<readonly VisibleRecord[]> {
  const { facts } = options;
  const placed = await listPermitted(options, relationRef, reader);
  const custodian = facts.find<RelationEntry>('relation', relationRef)?.value.custodian;
  return groupByRecord(
    placed.filter(({ version }) => custodian !== undefined && findWithdrawal(facts, custodian, version.recordId) === undefined),
  );
}

/**
 * Of all that was released to this organisation in a relation, for purposes that the reader's role asks for, what the rule permits this very
 * person at this moment. A declared emergency asks no consent, so its time box decides. Of an unknown relation, or another's, there is nothing.
 * @throws CodedError READ_MODEL_STALE, HEIGHT_NOT_PROVEN
 */
export async function listPermitted(options: VisibleOptions, relationRef: string, reader: Reader): Promise<readonly Placed[]> {
  const { facts, check, mspId } = options;
  check.assertKnown();
  const relation = facts.find<RelationEntry>('relation', relationRef)?.value;
  if (relation?.counterparty !== mspId) return [];
  const releases = await openAll(options, listReleases(options, relationRef, reader));
  const rulings = await ruleAll(options, releases, reader);
  // From here on nothing waits: no block comes between the answer of the rule and what is shown.
  const now = formatInstant(Date.now());
  return releases.flatMap(({ fact, versions: opened }, at) =>
    isOver(facts, fact.value, now) ? [] : permittedOf(opened, rulings[at] ?? [], fact),
  );
}

/** Those that nothing ended; what is kept of the others is forgotten. */
function listReleases({ facts, mspId, opened }: VisibleOptions, relationRef: string, { role }: Reader): readonly Fact<Decision>[] {
  const now = formatInstant(Date.now());
  return facts.list<Decision>('decision', relationRef).filter(({ value }) => {
    if (value.requester !== mspId || value.receipt === null || !facts.isDelivered(value)) return false;
    if (!isOver(facts, value, now)) return asksFor(role, value.purpose);
    opened.drop(value.requestId);
    return false;
  });
}

function isOver(facts: Facts, decision: Decision, now: Instant): boolean {
  return findEndingOf(facts, decision, now) !== undefined;
}

async function openAll({ opened, onTrouble }: VisibleOptions, facts: readonly Fact<Decision>[]): Promise<readonly OpenRelease[]> {
  const releases = await Promise.all(
    facts.map(async (fact) => {
      try {
        return { fact, versions: await opened.open(fact.value.requestId) };
      } catch (error) {
        if (!unreadable.has(readCode(error) ?? '')) throw error;
        if (readCode(error) !== 'RELEASE_NOT_READY') onTrouble(error);
        return undefined;
      }
    }),
  );
  return releases.filter((release) => release !== undefined);
}

/** What the rule says of each version now, release by release. Proofs are looked up first, so that all is decided in one turn. */
async function ruleAll(
  { facts, check, transactions }: VisibleOptions,
  releases: readonly OpenRelease[],
  { person }: Reader,
): Promise<readonly (readonly Ruled[])[]> {
  const proofs = await Promise.all(releases.map(({ fact: { value } }) => readProof(transactions, value)));
  return Promise.all(
    releases.map(async ({ fact: { value }, versions }, at) => {
      if (isBreakGlass(value.purpose)) return versions.map(() => ruleEmergency(facts, value));
      const { relationRef, purpose } = value;
      const question = { relationRef, purpose, person, proof: proofs[at] ?? null };
      const answer = await check.decideOn(
        question,
        versions.map(({ record }) => record),
      );
      return answer.rulings;
    }),
  );
}

type Ruled = Pick<Ruling, 'decision' | 'obligations'>;

function ruleEmergency(facts: Facts, { custodian, requester }: Decision): Ruled {
  const suspended = facts.find<Rules>('rules')?.value.suspended ?? [];
  const isSuspended = suspended.includes(custodian) || suspended.includes(requester);
  return { decision: isSuspended ? 'deny' : 'permit', obligations: [] };
}

/** A version, and where it stands among the relation's. */
export interface Placed {
  readonly requestId: string;
  readonly version: VisibleVersion;
  readonly place: string;
}

function permittedOf(versions: readonly OpenedVersion[], rulings: readonly Ruled[], fact: Fact<Decision>): Placed[] {
  const { requestId } = fact.value;
  const place = placeOf(fact);
  return versions.flatMap((version, at) => {
    const ruling = rulings[at];
    if (ruling?.decision !== 'permit') return [];
    const obligations = [...new Set([...version.obligations, ...ruling.obligations])];
    return [{ requestId, version: { ...version, obligations }, place: `${place}/${pad(at)}` }];
  });
}

function placeOf({ block, value }: Fact<Decision>): string {
  return `${pad(block)}/${value.requestId}`;
}

function pad(number: number): string {
  return String(number).padStart(12, '0');
}

/** One version that came with several releases counts once, with the obligations of all. */
function groupByRecord(placed: readonly Placed[]): readonly VisibleRecord[] {
  const records = new Map<string, { versions: Map<number, VisibleVersion>; place: string }>();
  for (const { version, place } of placed.toSorted((one, other) => (one.place < other.place ? -1 : 1))) {
    const record = records.get(version.recordId) ?? { versions: new Map<number, VisibleVersion>(), place };
    const known = record.versions.get(version.version)?.obligations ?? [];
    record.versions.set(version.version, { ...version, obligations: [...new Set([...known, ...version.obligations])] });
    records.set(version.recordId, record);
  }
  return [...records.values()].flatMap(({ versions, place }) => {
    const inOrder = [...versions.values()].sort((one, other) => one.version - other.version);
    const newest = inOrder.at(-1);
    return newest === undefined ? [] : [{ newest, versions: inOrder, place }];
  });
}
