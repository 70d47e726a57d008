import { setTimeout as pause } from 'node:timers/promises';
import type { ConsentHeader, MspId, RelationRef } from '@medaccord/chaincode/model';
import { StoryError, type Answers, type GatewayClient, type Member } from '../story';
import {
  countFrom,
  dropPending,
  findPending,
  isSameConsent,
  keepPending,
  newRelationToken,
  renewPending,
  trustConsents,
  type PendingConsent,
  type SignedConsent,
  type Wallet,
} from '../wallet';
import { CliError } from './cli-error';

/** The ways by which a wallet reaches the ledger. */
export type Ways = {
  /** In the order in which they are asked; any of them can record a consent. */
  readonly members: readonly Member[];
  readonly clientOf: (member: Member) => GatewayClient;
  /** Keeps the wallet; called before anything that it signed is sent. */
  readonly save: (wallet: Wallet) => Promise<void>;
};

/** What the patient wants to stand on the ledger. */
export type Wish = {
  readonly relationRef: RelationRef;
  /** Whether a consent that was signed earlier is what is wished now, and may be handed in again as it is. */
  readonly isMetBy: (header: ConsentHeader) => boolean;
  /** Signs the wish as the next version of the relation's consent. */
  readonly sign: (wallet: Wallet) => Promise<{ readonly wallet: Wallet; readonly request: SignedConsent }>;
};

export type Brought = { readonly wallet: Wallet; readonly version: number; readonly transactionId: string };

/** What one member's gateway shows of a relation's consents. */
type Chain = { readonly shown: readonly Shown[]; readonly trusted: readonly ConsentHeader[] };
type Shown = { readonly version: number; readonly jws: string; readonly transactionId: string };

/** How many gateways are asked what stands on the ledger, where as many answer. */
const WITNESSES = 2;
const ROUNDS = 4;
/** A gateway may learn of a block later than its neighbour. */
const WITNESS_MS = 3_000;
const PAUSE_MS = 100;
/** The number of the version, or the time of its signature, did not fit: looked up and signed again. */
const ANOTHER_ROUND = new Set(['CONSENT_VERSION_TAKEN', 'CONSENT_VERSION_SKIPPED', 'CONSENT_SUBMITTED_LATE']);

/**
 * Brings a consent to the ledger, whatever became of an earlier attempt. What is signed is kept in the wallet until a gateway other than
 * the one that took it shows it (the same one, when no other answers), so an attempt that was lost is made again: the same signed request,
 * or the same number signed again when its time is over, through the next member when the first does not answer. It has one effect.
 *
 * @throws {CliError} CONSENT_NOT_CONFIRMED when no way led to the ledger; running it again goes on
 * @throws {StoryError} what the gateways refused it with
 */
export async function bringConsent(ways: Ways, wallet: Wallet, wish: Wish): Promise<Brought> {
  const { relationRef } = wish;
  const taken = new Set<number>();
  let present = wallet;
  for (let round = 0; round < ROUNDS; round++) {
    const chains = await readAgreedChains(ways, present, relationRef);
    const pending = findPending(present, relationRef);
    const arrived = pending && findArrived(chains, pending);
    if (pending !== undefined && arrived !== undefined && areAgreed(chains, pending)) {
      await completeClosing(ways, pending, arrived.jws);
      present = await settle(ways, present, pending);
      const { transactionId } = arrived;
      if (wish.isMetBy(pending.header)) return { wallet: present, version: pending.header.version, transactionId };
    }
    present = await prepare(ways, present, wish, findVersion(chains, taken, findPending(present, relationRef)));
    const signed = findPending(present, relationRef) as PendingConsent;
    const { version } = signed.header;
    const sent = await send(ways, present, signed);
    if ('transactionId' in sent) return { wallet: await settle(ways, present, signed), version, transactionId: sent.transactionId };
    if (sent.code === 'CONSENT_VERSION_TAKEN') taken.add(version);
  }
  throw notConfirmed();
}

/** Signs the wish under the number, unless that was done before; keeps it before it leaves. */
async function prepare({ save }: Ways, wallet: Wallet, wish: Wish, version: number | undefined): Promise<Wallet> {
  const { relationRef } = wish;
  const pending = findPending(wallet, relationRef);
  const isSigned = pending !== undefined && pending.header.version === version && wish.isMetBy(pending.header);
  const counted = version === undefined ? wallet : countFrom(wallet, relationRef, version - 1);
  const signed = isSigned
    ? { wallet: countFrom(wallet, relationRef, pending.header.version), request: await renewPending(wallet, pending) }
    : await wish.sign(counted);
  const kept = keepPending(signed.wallet, relationRef, signed.request);
  await save(kept);
  return kept;
}

async function settle({ save }: Ways, wallet: Wallet, { header }: PendingConsent): Promise<Wallet> {
  const settled = countFrom(dropPending(wallet, header.relationRef), header.relationRef, header.version);
  await save(settled);
  return settled;
}

type Refused = { readonly code: string };

/** Hands in what is pending by one way after the other, until it is seen to stand. */
async function send(ways: Ways, wallet: Wallet, pending: PendingConsent): Promise<{ transactionId: string } | Refused> {
  const failures: unknown[] = [];
  for (const member of ways.members) {
    try {
      const { transactionId } = await ways.clientOf(member).post<Answers['consent']>('/api/consents', pending.request);
      const witness = await findWitness(ways, wallet, pending, member);
      if (witness !== 'none') {
        await completeClosing(ways, pending, witness?.jws ?? pending.request.consent);
        return { transactionId: witness?.transactionId ?? transactionId };
      }
    } catch (error) {
      failures.push(error);
    }
  }
  return readRefusal(failures);
}

/**
 * A closing counts with its marker, which two members could leave out: whoever is handed it in next sees that it stands. So as many members
 * as are asked what stands on the ledger take it, where as many answer; the same statement has one effect.
 *
 * @throws {CliError} CONSENT_NOT_CONFIRMED, {StoryError} what the gateways refused it with
 */
async function completeClosing({ members, clientOf }: Ways, { header }: PendingConsent, consent: string): Promise<void> {
  if (header.status !== 'closed') return;
  let failure: StoryError | undefined;
  let taken = 0;
  for (const member of members) {
    if (taken === WITNESSES) return;
    try {
      await clientOf(member).post<Answers['consent']>('/api/consents', { consent, documents: {} });
      taken += 1;
    } catch (error) {
      if (!(error instanceof StoryError)) throw error;
      failure ??= error;
    }
  }
  if (taken === 0) throw notConfirmed(failure);
}

/** What speaks for another round. @throws {StoryError} a refusal for other reasons, {CliError} */
function readRefusal(failures: readonly unknown[]): Refused {
  const told = failures.filter((error) => error instanceof StoryError);
  if (told.length < failures.length) throw failures.find((error) => !(error instanceof StoryError));
  const round = told.find(({ code }) => ANOTHER_ROUND.has(code));
  if (round !== undefined) return round;
  throw notConfirmed(told[0]);
}

/**
 * What a gateway that was not the one to take it shows of what was signed; 'none' when it does not. When no other answers, that one's word
 * is all there is: undefined.
 */
async function findWitness(ways: Ways, wallet: Wallet, pending: PendingConsent, taker: Member): Promise<Shown | 'none' | undefined> {
  const others = { ...ways, members: ways.members.filter((member) => member !== taker) };
  const until = Date.now() + WITNESS_MS;
  for (;;) {
    const chains = await readChains(others, wallet, pending.header.relationRef, 1);
    const arrived = findArrived(chains, pending);
    if (arrived !== undefined) return arrived;
    if (chains.length === 0) return undefined;
    if (Date.now() > until) return 'none';
    await pause(PAUSE_MS);
  }
}

/** Two gateways' chains, once they agree on what is pending; those that do not agree in time are given as they are. */
async function readAgreedChains(ways: Ways, wallet: Wallet, relationRef: RelationRef): Promise<Chain[]> {
  const pending = findPending(wallet, relationRef);
  const until = Date.now() + WITNESS_MS;
  for (;;) {
    const chains = await readChains(ways, wallet, relationRef);
    const isOpen = pending !== undefined && findArrived(chains, pending) !== undefined && !areAgreed(chains, pending);
    if (!isOpen || Date.now() > until) return chains;
    await pause(PAUSE_MS);
  }
}

/** What the first gateways that answer show. Signatures are the wallet's to verify: a gateway can hide versions, not make them up. */
async function readChains({ members, clientOf }: Ways, wallet: Wallet, relationRef: RelationRef, most = WITNESSES): Promise<Chain[]> {
  const chains: Chain[] = [];
  for (const member of members) {
    if (chains.length === most) break;
    try {
      const token = await newRelationToken(wallet, relationRef, member.mspId as MspId);
      const answer = await clientOf(member).get<Answers['consents']>(`/api/relations/${relationRef}/consents`, { token });
      const shown = answer.consents;
      const trusted = await trustConsents(
        wallet,
        relationRef,
        shown.map(({ jws }) => jws),
      );
      chains.push({ shown, trusted });
    } catch (error) {
      if (!(error instanceof StoryError)) throw error;
    }
  }
  return chains;
}

function findArrived(chains: readonly Chain[], { header }: PendingConsent): Shown | undefined {
  const chain = chains.find((one) => shows(one, header));
  return chain?.shown.find(({ version }) => version === header.version);
}

/** All that answer show it: one alone may show what it was given and kept. */
function areAgreed(chains: readonly Chain[], { header }: PendingConsent): boolean {
  return chains.length > 0 && chains.every((chain) => shows(chain, header));
}

function shows({ trusted }: Chain, header: ConsentHeader): boolean {
  return trusted.some((one) => isSameConsent(one, header));
}

/**
 * The number to sign under: that of what is pending, as long as nothing else holds it; otherwise the first that neither the patient's
 * consents nor, as all gateways have it, anything else holds. None when no gateway answers and nothing is pending.
 */
function findVersion(chains: readonly Chain[], taken: ReadonlySet<number>, pending: PendingConsent | undefined): number | undefined {
  const isHeld = (version: number): boolean =>
    taken.has(version) ||
    chains.some(({ trusted }) => trusted.some((one) => one.version === version)) ||
    (chains.length > 0 && chains.every(({ shown }) => shown.some((one) => one.version === version)));
  if (pending !== undefined) {
    const { version } = pending.header;
    if (chains.length === 0 || findArrived(chains, pending) !== undefined || !isHeld(version)) return version;
  }
  if (chains.length === 0) return undefined;
  let version = 1;
  while (isHeld(version)) version++;
  return version;
}

function notConfirmed(cause?: StoryError): CliError | StoryError {
  if (cause !== undefined && !['GATEWAY_UNREACHABLE', 'GATEWAY_ANSWER_UNKNOWN'].includes(cause.code)) return cause;
  return new CliError(
    'CONSENT_NOT_CONFIRMED',
    'No gateway could be seen to record the consent. It is signed and kept in the wallet.',
    'Run the same command again: it goes on where this one ended, and has one effect.',
  );
}
