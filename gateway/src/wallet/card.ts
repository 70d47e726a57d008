import {
  addMinutes,
  formatBase64url,
  parseBase64url,
  type Instant,
  type MspId,
  type Period,
  type RelationRef,
} from '@medaccord/chaincode/model';
import { hashBytes } from '../crypto';
import { newSeed } from './derive-keys';
import { deriveRelationRef, deriveSubjectRef, newWallet, type Wallet } from './wallet';

// The card of a patient without a device: her seed on paper. Whoever sees it can sign for her, so all that it signs is marked as assisted,
// permits nothing before a witness, a notice and a delay, and never opens what is sensitive.

const SEED_BYTES = 32;
const CHECK_BYTES = 4;
/** A transaction's time may be later than the desk's: what is signed now counts this much after the delay of the rules. */
const MARGIN_MINUTES = 15;

/** What was typed is not a card, or not typed as it stands there. */
export class CardInvalid extends Error {
  readonly code = 'CARD_INVALID';
  constructor() {
    super('This is not what stands on a card: twelve groups of four characters.');
    this.name = 'CardInvalid';
  }
}

/** A new card: the text to print on it, a seed with a check against typing errors. Nothing keeps it. */
export async function newCard(): Promise<string> {
  const seed = parseBase64url(newSeed()) ?? new Uint8Array();
  const text = formatBase64url(Uint8Array.from([...seed, ...(await checkOf(seed))]));
  return (text.match(/.{4}/g) ?? []).join(' ');
}

/** The seed on a card, as it was typed. @throws {CardInvalid} */
export async function parseCard(text: string): Promise<string> {
  const bytes = parseBase64url(text.replace(/\s/g, ''));
  if (bytes?.length !== SEED_BYTES + CHECK_BYTES) throw new CardInvalid();
  const seed = bytes.subarray(0, SEED_BYTES);
  if (formatBase64url(await checkOf(seed)) !== formatBase64url(bytes.subarray(SEED_BYTES))) throw new CardInvalid();
  return formatBase64url(seed);
}

/** The wallet that a card stands for at its custodian, while it is at the desk; relations are found again by `nextRelationRef`. */
export async function openCard(seed: string, custodian: MspId): Promise<Wallet> {
  const subjectRef = await deriveSubjectRef(seed, custodian, 0);
  return { ...newWallet(seed), patients: [{ subjectRef, custodian, generation: 0 }] };
}

/** Where the next relation with a counterparty stands that the wallet does not know: taken, or free for a check-in. @throws {WalletUnknown} */
export async function nextRelationRef({ seed, patients, relations }: Wallet, counterparty: MspId): Promise<RelationRef> {
  const known = relations.filter((relation) => relation.counterparty === counterparty).length;
  return deriveRelationRef(seed, patients[0]?.subjectRef ?? '', counterparty, known);
}

/** The first validity that the ledger takes of an assisted consent signed at `now`, by the rules' `assistedHours`. */
export function assistedValidity(now: Instant, assistedHours: number, until: Instant): Period {
  return { from: addMinutes(now, assistedHours * 60 + MARGIN_MINUTES), until };
}

async function checkOf(seed: Uint8Array): Promise<Uint8Array> {
  return (parseBase64url(await hashBytes(seed)) ?? new Uint8Array()).subarray(0, CHECK_BYTES);
}
