import {
  formatCanonical,
  formatInstant,
  paidBy,
  settlementPreimage,
  settlementRef,
  type AdjudicationEntry,
  type MspId,
  type SettledClaim,
  type SettlementDocument,
  type SettlementEntry,
  type SettlementId,
  type TransactionRequest,
  type TransientInput,
} from '@medaccord/chaincode/model';
import { openClaim } from '../claim-papers/open-claim';
import { openAdjudication } from '../claim-papers/read-chain';
import { commit, newSalt, signJws } from '../crypto';
import { digestOf } from '../ledger/digest';
import type { LedgerIdentity } from '../ledger/ledger';
import { newError, readCode } from '../problem';
import { listDue, type Due } from './list-due';
import { findStanding } from './open-statement';
import { sealToBoth } from './seal-to-both';
import type { Parties, SettlementName, SettlementOptions } from './settlement-options';
import { takeLines } from './take-lines';

export interface SettlementWish {
  readonly hospital: MspId;
  /** Of which claims; all when none is named. */
  readonly currency?: string | undefined;
}

interface Proposal {
  readonly request: TransactionRequest<'ProposeSettlement'>;
  readonly input: TransientInput<'ProposeSettlement'>;
}

type StatementPlace = Pick<SettlementDocument, 'number' | 'previous'>;

/** Numbers in a row that others can have occupied: each takes two members who collude. */
const mostSkipped = 20;

interface Line {
  readonly line: SettledClaim;
  readonly opened: TransientInput<'ProposeSettlement'>['claims'][number];
}

/**
 * Proposes the next statement of this insurer with a hospital: what is decided for good and not settled, as much as fits. It takes the place
 * of one that the hospital has not signed. Repeating the same operation is the same statement.
 * @throws CodedError SETTLEMENT_EMPTY, ORGANISATION_NOT_FOUND, NOT_READY; of the ledger
 */
export async function proposeSettlement(
  options: SettlementOptions,
  { hospital, currency }: SettlementWish,
  { operation, identity }: { readonly operation: string; readonly identity: LedgerIdentity },
): Promise<SettlementEntry> {
  const parties: Parties = { hospital, insurer: options.mspId };
  const settlementId = options.store.key.name('settlement', operation) as SettlementId;
  return options.alone(`settle/${hospital}`, async () => {
    const made = await findMade(options, parties, settlementId);
    if (made !== undefined) return made;
    const issuedAt = formatInstant(options.facts.newestTime);
    const lines = await takeLines(listDue(options.facts, parties), (due) => lineOf(options, due), { currency });
    if (lines.length === 0) throw newError('SETTLEMENT_EMPTY', 'Nothing is decided for good that is not settled with this hospital');
    return proposeAtNextPlace(options, parties, async (place) => {
      const proposal = await drawUp(options, { settlementId, ...parties, ...place }, { lines, issuedAt });
      return submit(options, proposal, { identity, parties });
    });
  });
}

async function findMade(options: SettlementOptions, parties: Parties, settlementId: SettlementId): Promise<SettlementEntry | undefined> {
  const named = listEntries(options, parties).filter((entry) => entry.settlementId === settlementId);
  const standing = await Promise.all(named.map((entry) => findStanding(options, entry)));
  return standing.find((one) => one?.settlement.settlementId === settlementId)?.settlement;
}

/** At the first number that is free. What others wrote under one can be such that the read model does not have it: then the next is tried. */
async function proposeAtNextPlace(
  options: SettlementOptions,
  parties: Parties,
  propose: (place: StatementPlace) => Promise<SettlementEntry>,
): Promise<SettlementEntry> {
  const numbers = listEntries(options, parties).map(({ number }) => number);
  let place = await nextPlace(options, parties, numbers);
  for (let skipped = 0; ; skipped += 1) {
    try {
      return await propose(place);
    } catch (error) {
      if (readCode(error) !== 'SETTLEMENT_NOT_NEXT' || skipped === mostSkipped) throw error;
      place = { ...place, number: firstFree(numbers, place.number + 1) };
    }
  }
}

async function drawUp(
  options: SettlementOptions,
  name: Pick<SettlementDocument, 'settlementId' | 'previous'> & SettlementName,
  { lines, issuedAt }: { readonly lines: readonly Line[]; readonly issuedAt: string },
): Promise<Proposal> {
  const { hospital, insurer, settlementId } = name;
  const claims = lines.map(({ line }) => line);
  const document: SettlementDocument = { ...name, claims, totals: totalsOf(claims), salt: newSalt() };
  const text = formatCanonical(document);
  const sealed = await sealToBoth(options, name, settlementRef(settlementId), text);
  const digests = { [hospital]: digestOf(sealed.hospital), [insurer]: digestOf(sealed.insurer) };
  const payload = { ...name, document: await commit(settlementPreimage(document)), sealed: digests, issuedAt };
  const statement = await signJws('settlement', payload as never, options.signing);
  return { request: { statement }, input: { document: text, claims: lines.map(({ opened }) => opened), sealed } };
}

async function submit(
  { transactions, projector }: SettlementOptions,
  { request, input }: Proposal,
  { identity, parties: { hospital, insurer } }: { readonly identity: LedgerIdentity; readonly parties: Parties },
): Promise<SettlementEntry> {
  const operation = `settlement/${digestOf(request.statement)}`;
  // The ledger plans no endorsers for what gets transient data: both open the adjudications, so both are named.
  const call = { operation, identity, organisations: [insurer, hospital], mayLag: true, input };
  const { block, result } = await transactions.submit('ProposeSettlement', request, call);
  await projector.waitForBlock(block);
  return result;
}

async function lineOf(options: SettlementOptions, { claim, adjudication: { value: entry } }: Due): Promise<Line> {
  const { relationRef, claimId } = claim;
  const { n, settled } = entry;
  const body = await openClaim(options, claim);
  if (typeof body !== 'object') throw newError('NOT_READY', 'The body of a claim that is decided is not here');
  const document = await openAdjudication(options, entry);
  const earlier = settled && options.facts.find<AdjudicationEntry>('adjudication', relationRef, `${claimId}/${String(settled.n)}`)?.value;
  const after = earlier && (await openAdjudication(options, earlier));
  const benefit = paidBy(document) - (after === undefined ? 0 : paidBy(after));
  return {
    line: { relationRef, claimId, n, after: settled?.n ?? null, currency: body.body.currency, benefit },
    opened: { document: formatCanonical(document), ...(after !== undefined && { after: formatCanonical(after) }) },
  };
}

function totalsOf(claims: readonly SettledClaim[]): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const { currency, benefit } of claims) totals[currency] = (totals[currency] ?? 0) + benefit;
  return totals;
}

/** The number that is proposed: that of the statement which waits for its signature, else the first free one. */
async function nextPlace(options: SettlementOptions, parties: Parties, numbers: readonly number[]): Promise<StatementPlace> {
  for (const number of numbers.toSorted((one, other) => other - one)) {
    const last = (await findStanding(options, { ...parties, number }))?.settlement;
    if (last === undefined) continue;
    if (last.signature === null) return { number, previous: last.previous };
    return { number: firstFree(numbers, number + 1), previous: last.document };
  }
  return { number: firstFree(numbers, 1), previous: null };
}

function firstFree(numbers: readonly number[], from: number): number {
  let number = from;
  while (numbers.includes(number)) number += 1;
  return number;
}

function listEntries({ facts }: SettlementOptions, { hospital, insurer }: Parties): readonly SettlementEntry[] {
  return facts.list<SettlementEntry>('settlement', `${hospital}/${insurer}`).map(({ value }) => value);
}
