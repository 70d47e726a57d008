import {
  formatCanonical,
  paidBy,
  paymentPreimage,
  settlementPreimage,
  type AdjudicationDocument,
  type Day,
  type Digest,
  type MspId,
  type PaymentDocument,
  type PaymentEntry,
  type SettledClaim,
  type SettlementDocument,
  type SettlementEntry,
  type SettlementId,
  type SettlementStatement,
  type TransactionRequest,
  type TransientInput,
} from '../../src/model';
import type { SubmittedClaim } from './claim-story';
import { HOSPITAL, INSURER, sealedText, signingKeyOf, type Consortium } from './story';
import { commit, ISSUED, newRef, newSalt, sha256, signAs, type KeyPair } from './wallet';

/** The two who settle, and both of them endorse. */
export const PARTIES = [HOSPITAL, INSURER];

/** A claim of a statement, and the number of its adjudication that was settled before. */
export interface Settling {
  readonly claim: SubmittedClaim;
  readonly after?: number;
  readonly change?: Partial<SettledClaim>;
}

/** A statement as the insurer proposes it. */
export interface Statement {
  readonly document: SettlementDocument;
  readonly statement: SettlementStatement;
  readonly jws: string;
  readonly input: TransientInput<'ProposeSettlement'>;
}

const documentOf = ({ cover, body }: SubmittedClaim, n?: number): AdjudicationDocument => {
  const found = cover.documents.get(body.claimId)?.at(n === undefined ? -1 : n - 1);
  if (found === undefined) throw new Error('no such adjudication');
  return found;
};

function settledOf({ claim, after, change = {} }: Settling): SettledClaim {
  const { relationRef, claimId, currency } = claim.body;
  const newest = documentOf(claim);
  const benefit = paidBy(newest) - (after === undefined ? 0 : paidBy(documentOf(claim, after)));
  return { relationRef, claimId, n: newest.n, after: after ?? null, currency, benefit, ...change };
}

export function newStatement(
  settlings: readonly Settling[],
  before?: SettlementEntry,
  {
    change = {},
    said = {},
    key = signingKeyOf(INSURER),
  }: { change?: Partial<SettlementDocument>; said?: Partial<SettlementStatement>; key?: KeyPair } = {},
): Statement {
  const claims = settlings.map(settledOf);
  const name = { settlementId: newRef<SettlementId>(), hospital: HOSPITAL, insurer: INSURER, number: (before?.number ?? 0) + 1 };
  const totals = { USD: claims.reduce((sum, { benefit }) => sum + benefit, 0) };
  const document: SettlementDocument = { ...name, claims, totals, previous: before?.document ?? null, salt: newSalt(), ...change };
  const sealed = { hospital: sealedText('settlement'), insurer: sealedText('settlement') };
  const { settlementId, hospital, insurer, number, previous } = document;
  const statement: SettlementStatement = {
    ...{ settlementId, hospital, insurer, number, previous, issuedAt: ISSUED },
    document: commit(settlementPreimage(document)),
    sealed: { [HOSPITAL]: sha256(sealed.hospital), [INSURER]: sha256(sealed.insurer) } as Record<MspId, Digest>,
    ...said,
  };
  const opened = settlings.map(({ claim, after }) => ({
    document: formatCanonical(documentOf(claim)),
    ...(after !== undefined && { after: formatCanonical(documentOf(claim, after)) }),
  }));
  return {
    document,
    statement,
    jws: signAs('settlement', statement, key),
    input: { document: formatCanonical(document), claims: opened, sealed },
  };
}

export async function propose(twin: Consortium, { jws, input }: Statement): Promise<SettlementEntry> {
  const as = await twin.identity(INSURER, 'insurer-clerk');
  return twin.submit(as, 'ProposeSettlement', { statement: jws }, { input, endorsers: [INSURER, HOSPITAL] });
}

/** The hospital signs the very same. */
export async function countersign(
  twin: Consortium,
  { statement, input }: Statement,
  { key = signingKeyOf(HOSPITAL), said = {} }: { readonly key?: KeyPair; readonly said?: Partial<SettlementStatement> } = {},
): Promise<SettlementEntry> {
  const jws = signAs('settlement', { ...statement, ...said }, key);
  const sending = { input: { document: input.document }, endorsers: PARTIES };
  return twin.submit(await twin.identity(HOSPITAL, 'records'), 'SignSettlement', { statement: jws }, sending);
}

/** Both sign. */
export async function settle(twin: Consortium, statement: Statement): Promise<SettlementEntry> {
  await propose(twin, statement);
  return countersign(twin, statement);
}

/** What an insurer sends when it has paid. */
export function newPayment(
  { document }: Statement,
  change: Partial<PaymentDocument> = {},
): { readonly request: TransactionRequest<'NotifyPayment'>; readonly input: TransientInput<'NotifyPayment'> } {
  const { hospital, insurer, number, totals } = document;
  const payment: PaymentDocument = {
    ...{ hospital, insurer, number, amounts: totals, paidOn: '2026-03-02' as Day, reference: 'RF18 5390 0754', salt: newSalt() },
    ...change,
  };
  return {
    request: { hospital, insurer, number, document: commit(paymentPreimage(payment)) },
    input: {
      document: formatCanonical(payment),
      settlement: formatCanonical(document),
      sealed: { hospital: sealedText('payment'), insurer: sealedText('payment') },
    },
  };
}

export async function pay(twin: Consortium, { request, input }: ReturnType<typeof newPayment>): Promise<PaymentEntry> {
  return twin.submit(await twin.identity(INSURER, 'insurer-clerk'), 'NotifyPayment', request, { input, endorsers: [INSURER, HOSPITAL] });
}
