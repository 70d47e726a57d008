import { relationKinds, type MspId, type RelationKind, type RelationRef } from '@medaccord/chaincode/model';
import { findRecipients, GatewayClient, StoryError, type Answers } from '../story';
import { newRelationToken, nextRelationRef, openCard, parseCard, type Recipient, type Wallet, type WalletRelation } from '../wallet';
import { CliError } from './cli-error';
import { usage } from './command';
import type { CliConfig } from './config';
import type { Connections } from './connections';

/** The desk of one member: its gateway, who works there, and what the patient brought. */
export class Desk {
  readonly client: GatewayClient;
  readonly #config: Pick<CliConfig, 'card' | 'staffToken'>;

  constructor(
    readonly mspId: MspId,
    { members }: Connections,
    config: Pick<CliConfig, 'card' | 'staffToken'>,
  ) {
    const member = members.find((one) => one.mspId === mspId);
    if (member === undefined) throw usage(`--at must be one of ${members.map((one) => one.mspId).join(', ')}.`);
    this.client = new GatewayClient(member.gateway);
    this.#config = config;
  }

  /** @throws {CliError} STAFF_TOKEN_MISSING */
  get staff(): { readonly token: string } {
    const { staffToken } = this.#config;
    if (staffToken === undefined)
      throw new CliError('STAFF_TOKEN_MISSING', 'MEDACCORD_STAFF_TOKEN is not set.', '`medaccord token --role registrar` signs one.');
    return { token: staffToken };
  }

  /** The card as a wallet without relations. @throws {CliError} CARD_MISSING, {CardInvalid} */
  async openCard(): Promise<Wallet> {
    const { card } = this.#config;
    if (card === undefined)
      throw new CliError(
        'CARD_MISSING',
        'MEDACCORD_CARD is not set.',
        'Type what stands on the card: `read -rs MEDACCORD_CARD; export MEDACCORD_CARD`.',
      );
    return openCard(await parseCard(card), this.mspId);
  }

  /** The card with all its relations with a counterparty that the ledger has. */
  async openRelations(counterparty: MspId): Promise<Wallet> {
    let wallet = await this.openCard();
    for (;;) {
      const relationRef = await nextRelationRef(wallet, counterparty);
      const found = await this.#readRelation(wallet, relationRef);
      if (found === undefined) return wallet;
      wallet = { ...wallet, relations: [...wallet.relations, found] };
    }
  }

  /** The card with one relation of it. @throws {CliError} RELATION_NOT_OF_CARD */
  async openRelation(relationRef: RelationRef): Promise<{ readonly wallet: Wallet; readonly relation: WalletRelation }> {
    const wallet = await this.openCard();
    const relation = await this.#readRelation(wallet, relationRef);
    if (relation === undefined)
      throw new CliError(
        'RELATION_NOT_OF_CARD',
        'The card has no such relation, or it is not on the ledger yet.',
        'Compare both with the paper.',
      );
    return { wallet: { ...wallet, relations: [relation] }, relation };
  }

  /** Whom a consent with a counterparty is sealed to. */
  recipients(counterparty: string): Promise<readonly Recipient[]> {
    return findRecipients(this.client, [{ mspId: this.mspId }, { mspId: counterparty }]);
  }

  /** The delay of the rules, in hours. */
  async readDelay(): Promise<number> {
    return (await this.client.get<Answers['rules']>('/api/rules')).deadlines.assistedHours;
  }

  /** As the gateway shows it to whoever has its key; nothing when it knows no relation with that key. */
  async #readRelation(wallet: Wallet, relationRef: RelationRef): Promise<WalletRelation | undefined> {
    const subjectRef = wallet.patients[0]?.subjectRef ?? ('' as WalletRelation['subjectRef']);
    const blank = { relationRef, subjectRef, custodian: this.mspId, counterparty: '' as MspId, kinds: [], consentVersion: 0 };
    const token = await newRelationToken({ ...wallet, relations: [blank] }, relationRef, this.mspId);
    try {
      const now = await this.client.get<Answers['relationNow']>(`/api/relations/${relationRef}`, { token });
      return { ...blank, counterparty: now.counterparty as MspId, kinds: now.kinds, consentVersion: now.newestConsent };
    } catch (error) {
      if (error instanceof StoryError && error.code === 'TOKEN_INVALID') return undefined;
      throw error;
    }
  }
}

/** What a check-in is for. */
export function readKinds(texts: readonly string[]): readonly RelationKind[] {
  return texts.map((text) => {
    const kind = relationKinds.find((known) => known === text);
    if (kind === undefined) throw usage(`--kind must be one of ${relationKinds.join(', ')}.`);
    return kind;
  });
}
