import {
  continuePatient,
  decisionKey,
  deliveryKey,
  formatCanonical,
  isAppealSigned,
  parseEntryName,
  trustConsent,
  trustCoverage,
  trustDelegation,
  trustPatientStatus,
  trustRelation,
  type AccessRequest,
  type ConsentEntry,
  type CoverageEntry,
  type Decision,
  type Delivery,
  type EntryName,
  type Group,
  type MspId,
  type PublicKeyType,
  type RecordAnchor,
  type RelationEntry,
} from '@medaccord/chaincode/model';
import type { LedgerBlock, LedgerTransaction, StateWrite } from '../ledger/ledger';
import { AppealList } from './appeal-list';
import { ClaimEvents } from './claim-events';
import { ClaimList } from './claim-list';
import { ConsentHeads } from './consent-heads';
import { inTransaction, openDatabase, type Database, type Row } from './database';
import { parseDeclared, type Declared } from './declared';
import { isEnded, listDelegations } from './delegations';
import { DueNotices } from './due-notices';
import { prepareStatements, type Statements } from './fact-statements';
import { forgetAll, migrations } from './fact-tables';
import { HeldReleases } from './held-releases';
import { parseEntry, type Entries, type NamedEntry } from './parse-entry';
import { PatientSteps } from './patient-steps';
import { newPatientVerifier } from './patient-verifier';
import { parseRequestName, type RequestName } from './request-name';
import { SigningKeys } from './signing-keys';
import { statementVerifier } from './statement-verifier';
import { trustReceipts } from './trust-receipts';

/** A fact of the ledger's public state: its newest value and the transaction that wrote it. */
export interface Fact<T = unknown> {
  readonly type: PublicKeyType;
  readonly ref: string;
  readonly id: string;
  readonly value: T;
  readonly block: number;
  readonly transactionId: string;
}

/** The consent of a relation. */
export interface CurrentConsent {
  /** The newest version that the patient signed. */
  readonly signed: Fact<ConsentEntry>;
  /** The newest number. When it is a later one, others wrote it over her consent: nothing is permitted until she signs the next. */
  readonly newest: number;
}

/**
 * The read model: what the blocks wrote to public state as far as it counts, and nothing else. It can be deleted at any time and is rebuilt
 * from block 0. Whatever has not the shape of its kind, names another key, lacks the patient's signature or comes after what never
 * changes is passed over, so that members that endorse junk together stop and hide nothing.
 */
export class Facts {
  /** What this organisation, as a counterparty, was delivered and has not deleted. */
  readonly held: HeldReleases;
  readonly notices: DueNotices;
  readonly steps: PatientSteps;
  readonly signingKeys: SigningKeys;
  /** Those that this organisation made or got. */
  readonly claims: ClaimList;
  readonly claimEvents: ClaimEvents;
  /** Those that wait for this organisation. */
  readonly appeals: AppealList;
  readonly #database: Database;
  readonly #statements: Statements;
  readonly #heads: ConsentHeads;
  readonly #mspId: string;
  readonly #patientVerifier = newPatientVerifier((key) => this.findKey(key));
  #height: number;
  #time: number;

  /** @param mspId the organisation whose relations make work here */
  constructor(path: string, mspId: string) {
    this.#mspId = mspId;
    this.#database = openDatabase(path, migrations);
    this.#statements = prepareStatements(this.#database);
    this.#heads = new ConsentHeads(this.#database, (ref, version) => {
      const entry = this.find<ConsentEntry>('consent', ref, String(version))?.value;
      return entry !== undefined && isEnded(this, entry) ? 'void' : entry;
    });
    this.steps = new PatientSteps(this.#database, this);
    this.held = new HeldReleases(this.#database, this, mspId);
    this.signingKeys = new SigningKeys(this.#database);
    this.claims = new ClaimList(this.#database, this, mspId);
    this.claimEvents = new ClaimEvents(this.#database, { facts: this, claims: this.claims, mspId });
    this.appeals = new AppealList(this.#database, this, mspId);
    this.notices = new DueNotices(this.#database, this, mspId);
    const checkpoint = this.#database.prepare('SELECT height, time FROM checkpoint').get() as Row;
    this.#height = Number(checkpoint.height);
    this.#time = Number(checkpoint.time);
  }

  /** Number of blocks applied; the next block to read. */
  get height(): number {
    return this.#height;
  }

  /** Newest time that a valid transaction on the chain states, in milliseconds since the epoch. */
  get newestTime(): number {
    return this.#time;
  }

  /**
   * Applies a block and moves the checkpoint in one database transaction; a block that was applied already changes nothing.
   * @returns whether the block was new
   * @throws Error when a block between is missing
   */
  apply(block: LedgerBlock): boolean {
    if (block.number < this.#height) return false;
    if (block.number > this.#height) throw new Error(`Block ${String(this.#height)} is missing before block ${String(block.number)}`);
    const time = Math.max(this.#time, block.time);
    inTransaction(this.#database, () => {
      for (const transaction of block.transactions) this.#applyTransaction(block.number, transaction);
      this.#statements.checkpoint.run(block.number + 1, time);
    });
    this.#height = block.number + 1;
    this.#time = time;
    return true;
  }

  /** Forgets everything; the projector then starts again from block 0. */
  clear(): void {
    inTransaction(this.#database, () => {
      this.#database.exec(forgetAll);
    });
    this.#height = 0;
    this.#time = 0;
  }

  find<T>(type: PublicKeyType, ref = '', id = ''): Fact<T> | undefined {
    return parseRow<T>(this.#statements.find.get(type, ref, id));
  }

  /** The entry under a key of the model. */
  findKey<T>(key: string): Fact<T> | undefined {
    const name = parseEntryName(key);
    return name === undefined ? undefined : this.find<T>(name.type, name.ref, name.id);
  }

  /** A member's request, whichever relation it is in. */
  findRequest(requester: string, requestId: string): Fact<AccessRequest> | undefined {
    return parseRow<AccessRequest>(this.#statements.findRequest.get(`${requester}/${requestId}`));
  }

  /** The first versions of a coverage by its id, whichever relations have one of that name. */
  findCoverages(coverageId: string): readonly Fact<CoverageEntry>[] {
    return this.#statements.findCoverage.all(`${coverageId}/1`).flatMap((row) => parseRow<CoverageEntry>(row) ?? []);
  }

  /** A relation's consent up to the first number at which nothing stands; nothing follows a closing. */
  findConsent(relationRef: string): CurrentConsent | undefined {
    const head = this.#heads.find(relationRef);
    const signed = this.find<ConsentEntry>('consent', relationRef, String(head.signed));
    return signed === undefined ? undefined : { signed, newest: head.newest };
  }

  /** The newest version of a custodian's record before the first gap, whether its group is closed or not; 0 when there is none. */
  findNewestVersion(custodian: MspId, recordId: string): number {
    let newest = 0;
    while (this.find('record', `${custodian}/${recordId}`, String(newest + 1)) !== undefined) newest += 1;
    return newest;
  }

  /** All of one relation, record or the like, in the order in which the ledger got them. */
  list<T>(type: PublicKeyType, ref: string): readonly Fact<T>[] {
    return this.#statements.list.all(type, ref).flatMap((row) => parseRow<T>(row) ?? []);
  }

  listType<T>(type: PublicKeyType): readonly Fact<T>[] {
    return this.#statements.listType.all(type).flatMap((row) => parseRow<T>(row) ?? []);
  }

  /** Some of a type behind a name, in the order of their names: so many can be looked at without being held. */
  page<T>(type: PublicKeyType, after: Pick<Fact, 'ref' | 'id'>, most: number): readonly Fact<T>[] {
    return this.#statements.page.all(type, after.ref, after.id, most).flatMap((row) => parseRow<T>(row) ?? []);
  }

  /** Whether a custodian's record version counts: its group was anchored whole with it, or closed later. */
  counts(custodian: string, recordId: string, version: number): boolean {
    const anchor = this.find<RecordAnchor>('record', `${custodian}/${recordId}`, String(version))?.value;
    if (anchor === undefined || anchor.whole) return anchor !== undefined;
    return this.find<Group>('group', custodian, anchor.groupId)?.value.status === 'closed';
  }

  /** The anchors of a custodian's closed groups that `isKnown` does not know. */
  listMissingRecords(custodian: MspId, isKnown: (recordId: string, version: number) => boolean): readonly RecordAnchor[] {
    return this.#statements.closedRecords
      .all(`${custodian}/*`, custodian)
      .flatMap((row) => parseRow<RecordAnchor>(row)?.value ?? [])
      .filter(({ recordId, version }) => !isKnown(recordId, version));
  }

  /** Requests that this organisation, as the custodian, has to answer: of a relation's counterparty, without a decision. */
  listUndecided(): readonly RequestName[] {
    return this.#statements.undecided.all().map(parseRequestName);
  }

  /** This organisation's decisions to release of which not every part is delivered and the deadline is not over at `now`. */
  listUndelivered(now: string): readonly RequestName[] {
    return this.#statements.undelivered.all(now).map(parseRequestName);
  }

  /** Declared emergencies, in the order in which the ledger got them: of one unit, or all. By requests and reviews, which never change. */
  listDeclared(unit?: string): readonly Declared[] {
    return this.#statements.declared.all(unit ?? '', unit ?? '~').map(parseDeclared);
  }

  /** Whether every part of a released decision is on the ledger. */
  isDelivered({ relationRef, requester, requestId }: RequestName): boolean {
    const decision = this.findKey<Decision>(decisionKey(relationRef, requester, requestId))?.value;
    const first = this.findKey<Delivery>(deliveryKey(relationRef, requester, requestId, 1))?.value;
    if (decision?.outcome !== 'released' || first === undefined) return false;
    const { number } = this.#statements.countParts.get(relationRef, `${requester}/${requestId}/*`, first.parts) as Row;
    return Number(number) === first.parts;
  }

  close(): void {
    this.#database.close();
  }

  #applyTransaction(block: number, { index, transactionId, writes, event }: LedgerTransaction): void {
    const isRelation = ({ key }: StateWrite): boolean => parseEntryName(key)?.type === 'relation';
    // A relation stands beside its first consent, which is trusted by the relation's keys.
    for (const write of [...writes.filter(isRelation), ...writes.filter((one) => !isRelation(one))])
      this.#applyWrite({ block, index, transactionId }, write);
    if (event !== undefined) this.claimEvents.add(block, this.claimEvents.hear(event));
  }

  #applyWrite({ block, index, transactionId }: Position, { key, value }: StateWrite): void {
    const name = parseEntryName(key);
    if (name === undefined) return;
    const { type, ref, id, number } = name;
    if (value === undefined) {
      if (!kept.includes(type)) this.#statements.remove.run(type, ref, id);
      return;
    }
    const entry = parseEntry(key, value);
    const trusted = entry === undefined ? undefined : this.#trust(entry);
    if (trusted !== undefined) this.#keep({ block, index, transactionId }, name, trusted);
    if (number !== undefined && type === 'consent') this.#heads.add(ref, number, trusted !== undefined);
  }

  #keep({ block, index, transactionId }: Position, name: EntryName, value: Entries[PublicKeyType]): void {
    const { type, ref, id, number } = name;
    const applied = { ...name, value } as Applied;
    this.steps.keep({ block, index, transactionId }, applied);
    const happened = this.claimEvents.see(applied);
    for (const as of [id, ...this.#moreNames(type, value)])
      this.#statements.put.run(type, ref, as, number ?? block, formatCanonical(value), block, index, transactionId);
    this.#keepWorkLists(applied);
    this.held.keep(applied);
    this.signingKeys.keep(applied, block);
    this.claims.keep(applied);
    this.claimEvents.add(block, happened);
    this.appeals.keep(applied);
    if (type === 'delegation') this.#heads.recount(ref);
  }

  /** An entry as it counts; nothing when it does not. */
  #trust(entry: NamedEntry): Entries[PublicKeyType] | undefined {
    const {
      type,
      name: { ref, id },
      value,
    } = entry;
    if (type === 'patient') return continuePatient(this.find<Entries['patient']>(type, ref)?.value, value, this.#patientVerifier);
    if (kept.includes(type) && this.find(type, ref, id) !== undefined) return undefined;
    if (type === 'relation') return trustRelation(value, statementVerifier);
    if (type === 'patient-status') return this.#trustStatus(value);
    return (signedInRelation as readonly PublicKeyType[]).includes(type)
      ? this.#trustInRelation({ type, value } as Signed, ref)
      : trustReceipts(entry, this);
  }

  /** What was signed for a relation counts by its keys, and by those of who may act for the patient. */
  #trustInRelation({ type, value }: Signed, ref: string): Signed['value'] | undefined {
    const relation = this.find<RelationEntry>('relation', ref)?.value;
    if (relation === undefined) return undefined;
    // What the hospital attests to, its peer tells (GetAppeals).
    if (type === 'appeal') return value.party === 'hospital' || isAppealSigned(value, relation, statementVerifier) ? value : undefined;
    if (type === 'coverage') return trustCoverage(value, relation, statementVerifier) && value;
    if (type === 'consent') return trustConsent(value, relation, statementVerifier, listDelegations(this, ref));
    return trustDelegation(value, relation, this.#patientVerifier) && value;
  }

  #trustStatus(value: Entries['patient-status']): Entries['patient-status'] | undefined {
    const patient = this.find<Entries['patient']>('patient', value.subjectRef)?.value;
    return patient && trustPatientStatus(value, patient, this.#patientVerifier) && value;
  }

  /**
   * Decisions name the version of the rules that they went by: each stays readable beside the one in force, under its number. So does each
   * adjudication of a claim, under the claim and its number.
   */
  #moreNames(type: PublicKeyType, value: Entries[PublicKeyType]): readonly string[] {
    if (type === 'adjudication') {
      const { claimId, n } = value as Entries['adjudication'];
      return n === 0 ? [] : [`${claimId}/${String(n)}`];
    }
    if (type !== 'rules') return [];
    const version = String((value as Entries['rules']).version);
    return this.find(type, '', version) === undefined ? [version] : [];
  }

  /** The lists of work hold what concerns relations that this organisation is the custodian of. */
  #keepWorkLists({ type, ref, id, value }: Applied): void {
    const relation = this.find<RelationEntry>('relation', ref)?.value;
    if (relation?.custodian !== this.#mspId) return;
    const { addUndecided, endUndelivered } = this.#statements;
    if (type === 'decision') this.#decide(ref, id, value);
    else if (type === 'request' && value.by.mspId === relation.counterparty) addUndecided.run(ref, id, ref, id);
    else if (type === 'delivery' && this.isDelivered(value)) endUndelivered.run(ref, `${value.requester}/${value.requestId}`);
  }

  #decide(ref: string, id: string, { outcome, deadline }: Decision): void {
    this.#statements.endUndecided.run(ref, id);
    if (outcome === 'released' && deadline !== null) this.#statements.addUndelivered.run(ref, id, deadline);
  }
}

const signedInRelation = ['consent', 'delegation', 'coverage', 'appeal'] as const satisfies readonly PublicKeyType[];
type SignedType = (typeof signedInRelation)[number];
type Signed = { [T in SignedType]: { readonly type: T; readonly value: Entries[T] } }[SignedType];

export interface Position {
  readonly block: number;
  readonly index: number;
  readonly transactionId: string;
}

/** An entry that counts, with the name under which it is kept. */
export type Applied = {
  [T in PublicKeyType]: { readonly type: T; readonly ref: string; readonly id: string; readonly value: Entries[T] };
}[PublicKeyType];

/** Are made once: what came later, whoever endorsed it, does not count, and none goes. A patient's own statements alone change her entry. */
const kept: readonly PublicKeyType[] = [
  'patient',
  'relation',
  'consent',
  'closing',
  'group',
  'record',
  'request',
  'decision',
  'delivery',
  'delegation',
  'patient-status',
  'deletion',
  'redisclosure',
  'consultation',
  'review',
  'consent-notice',
  'consent-end',
  'audit-root',
  'plan',
  'coverage',
  'claim',
  'appeal',
];

function parseRow<T>(row: unknown): Fact<T> | undefined {
  if (row === undefined) return undefined;
  const { type, ref, id, value, block, transaction_id: transactionId } = row as Row;
  return {
    type: type as PublicKeyType,
    ref: String(ref),
    id: String(id),
    value: JSON.parse(String(value)) as T,
    block: Number(block),
    transactionId: String(transactionId),
  };
}
