import { formatInstant, ordinaryCategories, type MspId, type RelationRef } from '@medaccord/chaincode/model';
import { checkIn, newRelationToken, signConsent, signCoverage, type Wallet } from '../wallet';
import type { Answers } from './answers';
import { findRecipients } from './find-recipients';
import { untilKnown } from './request-access';
import type { Plot, Stage } from './step';
import { assertHolds } from './story-error';

const DAYS = 30;
/** The patient's clock and the ledger's may differ a little. */
const CLOCK_LEEWAY_MS = 60_000;

/** How the patient is covered now. */
export type Cover = {
  readonly wallet: Wallet;
  readonly relationRef: RelationRef;
  readonly coverageId: string;
  readonly planTitle: string;
  readonly transactions: readonly string[];
};

/** The insurer publishes its plan; the patient checks in with it, lets it see what its plan asks for, and signs the terms of her coverage. */
export async function takeOutCover(stage: Stage, plot: Plot): Promise<Cover> {
  const { custodian, outsider: insurer } = stage.cast;
  const client = stage.clientOf(insurer);
  const clerk = { token: await stage.tokenOf(insurer, 'insurer-clerk') };
  const plan = readPlan(stage);
  const published = await client.post<Answers['plan']>('/api/plans', { plan }, clerk);
  const recipients = await findRecipients(client, [custodian, insurer]);
  const made = await checkIn(
    plot.wallet,
    { subjectRef: plot.subjectRef, counterparty: insurer.mspId as MspId, kinds: ['cover'] },
    recipients,
  );
  await stage.saveWallet(made.wallet);
  const { relationRef } = made;
  const related = await client.post<Answers['relation']>('/api/relations', made.request);
  const permit = { decision: 'permit' as const, categories: ordinaryCategories, purposes: ['HPAYMT' as const] };
  const now = Date.now();
  const validity = { from: formatInstant(now - CLOCK_LEEWAY_MS), until: formatInstant(now + DAYS * 86_400_000) };
  const wish = { sets: [{ base: 'deny' as const, exceptions: [permit] }], validity };
  const consented = await signConsent(made.wallet, relationRef, wish, recipients);
  await stage.saveWallet(consented.wallet);
  const permitted = await untilKnown(() => client.post<Answers['consent']>('/api/consents', consented.request));
  const terms = { relationRef, planId: plan.planId, period: { from: '1900-01-01', until: null }, order: 'primary', isInNetwork: true };
  const { document } = await client.post<Answers['coverageOffers']['offers'][number]>('/api/coverages/offers', terms, clerk);
  const token = await newRelationToken(consented.wallet, relationRef, insurer.mspId as MspId);
  const { offers } = await client.get<Answers['coverageOffers']>(`/api/relations/${relationRef}/coverage-offers`, { token });
  const offer = offers.find((one) => one.document.coverageId === document.coverageId);
  assertHolds(offer !== undefined, 'the patient is offered the terms that the insurer prepared');
  const covered = await client.post<Answers['coverage']>('/api/coverages', await signCoverage(consented.wallet, offer, recipients));
  return {
    ...{ wallet: consented.wallet, relationRef, coverageId: document.coverageId, planTitle: plan.title },
    transactions: [published, related, permitted, covered].map(({ transactionId }) => transactionId),
  };
}

/** The plan as it stands, but that claims may come late: a bundle may be as old as it likes. */
function readPlan({ plan }: Stage): { readonly planId: string; readonly title: string } {
  return { ...(JSON.parse(plan) as { planId: string; title: string }), ...{ filingDays: null } };
}
