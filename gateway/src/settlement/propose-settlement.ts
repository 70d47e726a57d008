import {
  formatCanonical,
  formatInstant,
  paidBy,
  settlementPreimage,
  settlementRef,
  type AdjudicationEntry,
  type Commitment,
  type MspId,
  type SettledClaim,
  type SettlementDocument,
  type SettlementEntry,
  type SettlementId,
  type TransactionRequest,
  type TransientInput,
} from '@medaccord/chaincode/model';
import { openClaim } from '../adjudication/open-claim';
import { openAdjudication } from '../adjudication/read-chain';
import { commit, newSalt, signJws } from '../crypto';
import { digestOf } from '../ledger/digest';
import type { LedgerIdentity } from '../ledger/ledger';
import { newError } from '../problem';
import { listDue, mostLines, type Due } from './list-due';
import { findStanding } from './open-statement';
import { sealToBoth } from './seal-to-both';
import type { Parties, SettlementName, SettlementOptions } from './settlement-options';

export interface SettlementWish {
  readonly hospital: MspId;
  /** Of which claims; all when none is named. */
  readonly currency?: string | undefined;
}

interface Line {
  readonly line: SettledClaim;
  readonly opened: TransientInput<'ProposeSettlement'>['claims'][number];
}

/**
 * Proposes the next statement of this insurer with a hospital: everything that is decided for good and not settled. It takes the place of one
 * that the hospital has not signed. Repeating the same operation is the same statement.
 * @throws CodedError SETTLEMENT_EMPTY, ORGANISATION_NOT_FOUND, NOT_READY; of the ledger
 */
export async function proposeSettlement(
  options: SettlementOptions,
  wish: SettlementWish,
  { operation, identity }: { readonly operation: string; readonly identity: LedgerIdentity },
): Promise<SettlementEntry> {
  const { mspId: insurer, store, facts } = options;
  const parties: Parties = { hospital: wish.hospital, insurer };
  const settlementId = store.key.name('settlement', operation) as SettlementId;
  return options.alone(`settle/${wish.hospital}`, async () => {
    const made = listEntries(options, parties).find((entry) => entry.settlementId === settlementId);
    if (made !== undefined) return made;
    const issuedAt = formatInstant(facts.newestTime);
    const lines = await linesOf(options, parties, wish.currency);
    const claims = lines.map(({ line }) => line);
    const place = await nextPlace(options, parties);
    const document: SettlementDocument = { settlementId, ...parties, ...place, claims, totals: totalsOf(claims), salt: newSalt() };
    const text = formatCanonical(document);
    const sealed = await sealToBoth(options, parties, settlementRef(settlementId), text);
    const digests = { [parties.hospital]: digestOf(sealed.hospital), [insurer]: digestOf(sealed.insurer) };
    const payload = { settlementId, ...parties, ...place, document: await commit(settlementPreimage(document)), sealed: digests, issuedAt };
    const statement = await signJws('settlement', payload as never, options.signing);
    return submit(
      options,
      { request: { statement }, input: { document: text, claims: lines.map(({ opened }) => opened), sealed } },
      {
        identity,
        parties,
      },
    );
  });
}

async function submit(
  { transactions, projector }: SettlementOptions,
  { request, input }: { readonly request: TransactionRequest<'ProposeSettlement'>; readonly input: TransientInput<'ProposeSettlement'> },
  { identity, parties: { hospital, insurer } }: { readonly identity: LedgerIdentity; readonly parties: Parties },
): Promise<SettlementEntry> {
  const operation = `settlement/${digestOf(request.statement)}`;
  // The ledger plans no endorsers for what gets transient data: both open the adjudications, so both are named.
  const call = { operation, identity, organisations: [insurer, hospital], mayLag: true, input };
  const { block, result } = await transactions.submit('ProposeSettlement', request, call);
  await projector.waitForBlock(block);
  return result;
}

async function linesOf(options: SettlementOptions, parties: Parties, currency: string | undefined): Promise<readonly Line[]> {
  const lines = await Promise.all(listDue(options.facts, parties).map((due) => lineOf(options, due)));
  const wished = lines.filter(({ line }) => currency === undefined || line.currency === currency).slice(0, mostLines);
  if (wished.length === 0) throw newError('SETTLEMENT_EMPTY', 'Nothing is decided for good that is not settled with this hospital');
  return wished;
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
async function nextPlace(
  options: SettlementOptions,
  parties: Parties,
): Promise<Pick<SettlementName, 'number'> & { readonly previous: Commitment | null }> {
  const numbers = listEntries(options, parties).map(({ number }) => number);
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
