import { parseBenefitPlan, parseCoverageDocument } from '@medaccord/chaincode/model';
import { describeCoverage, describePlan } from '../claims';
import { findRecipients, type Answers, type GatewayClient } from '../story';
import { signCoverage, type Wallet, type WalletRelation } from '../wallet';
import { CliError } from './cli-error';
import { print } from './command';

/** What `wallet coverage` was called with. */
export type CoverageCommand = {
  readonly wallet: Wallet;
  readonly relation: WalletRelation;
  /** The insurer's gateway, and a token for it. */
  readonly client: GatewayClient;
  readonly token: string;
  /** The coverage whose terms are signed; none: they are only shown. */
  readonly accept: string | undefined;
  readonly json: boolean;
};

type Offer = Answers['coverageOffers']['offers'][number];

/** Shows what an insurer offers to a patient in plain words, and signs what she accepts. @throws {CliError} OFFER_UNKNOWN */
export async function coverage(command: CoverageCommand): Promise<void> {
  const { wallet, relation, client, token, accept, json } = command;
  const { relationRef, custodian, counterparty } = relation;
  const { offers } = await client.get<Answers['coverageOffers']>(`/api/relations/${relationRef}/coverage-offers`, { token });
  if (accept === undefined) {
    show(offers, command);
    return;
  }
  const offer = offers.find(({ document }) => document.coverageId === accept);
  if (offer === undefined)
    throw new CliError(
      'OFFER_UNKNOWN',
      `${counterparty} offers no terms of ${accept}.`,
      '`wallet coverage` without --accept shows what it offers.',
    );
  const recipients = await findRecipients(client, [{ mspId: custodian }, { mspId: counterparty }]);
  const signed = await signCoverage(wallet, offer, recipients);
  const { version, transactionId } = await client.post<Answers['coverage']>('/api/coverages', signed);
  if (json) print(JSON.stringify({ relationRef, coverageId: accept, version, transactionId }));
  else print(`Signed: version ${String(version)} of coverage ${accept} is on the ledger, transaction ${transactionId}.`);
}

function show(offers: readonly Offer[], { relation, json }: CoverageCommand): void {
  const told = offers.map((offer) => ({ ...offer, words: describe(offer, relation) }));
  if (json) {
    print(JSON.stringify({ relationRef: relation.relationRef, offers: told }));
    return;
  }
  if (told.length === 0) print(`${relation.counterparty} offers nothing that you have not signed.`);
  for (const { document, version, words } of told) {
    print(`coverage ${document.coverageId}, version ${String(version)}`);
    for (const line of words) print(`  ${line}`);
    print(`  To sign: wallet coverage --accept ${document.coverageId}`);
  }
}

function describe({ document, plan }: Offer, { custodian, counterparty }: WalletRelation): readonly string[] {
  const terms = parseCoverageDocument(document, 'document');
  const words = describeCoverage(terms, { insurer: counterparty, hospital: custodian });
  return plan === null ? words : [...words, ...describePlan(parseBenefitPlan(plan, 'plan'))];
}
