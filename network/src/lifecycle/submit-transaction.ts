import { setTimeout as pause } from 'node:timers/promises';
import { status as grpcStatus } from '@grpc/grpc-js';
import { EndorseError, GatewayError, type Status, type SubmittedTransaction, type Transaction } from '@hyperledger/fabric-gateway';
import { gateway as messages, msp } from '@hyperledger/fabric-protos';
import { LedgerRefusal } from './ledger-refusal';
import type { PeerConnection } from './peer-connection';

/** A transaction to submit with its arguments as the chaincode takes them. */
export interface TransactionRequest {
  readonly channel: string;
  readonly chaincode: string;
  readonly transaction: string;
  readonly arguments: readonly (string | Uint8Array)[];
  /** Members whose peers endorse it; found by what it reads and writes unless given. */
  readonly endorsers?: readonly string[];
  /** What to do when it is refused. */
  readonly hint?: string;
}

export interface SubmittedFacts {
  readonly transactionId: string;
  /** What the chaincode answered. */
  readonly result: Uint8Array;
}

/** Chaincode that starts, peers that meet: such refusals pass, so they are worth waiting for. Nothing is written before endorsement. */
const ENDORSE_AGAIN_FOR_MS = 15_000;
const ENDORSE_AGAIN_AFTER_MS = 100;
const PASSING = new Set<number>([grpcStatus.UNAVAILABLE, grpcStatus.FAILED_PRECONDITION, grpcStatus.ABORTED]);
const TRIES_AFTER_CONFLICT = 5;
const MVCC_READ_CONFLICT = 11;
const PHANTOM_READ_CONFLICT = 12;

/**
 * Submits a transaction and waits for its place in the chain. An answer that got lost is asked for by transaction id, never guessed; a
 * conflict, which wrote nothing, is tried again with a new transaction.
 * @throws LedgerRefusal LEDGER_REFUSED when the chaincode or the policy refused, LEDGER_UNCERTAIN when the outcome could not be learned.
 */
export async function submitTransaction(client: PeerConnection, request: TransactionRequest): Promise<SubmittedFacts> {
  for (let tries = 1; ; tries += 1) {
    const endorsed = await endorse(client, request);
    const status = await submit(client, request, endorsed);
    if (status.successful) return { transactionId: endorsed.getTransactionId(), result: endorsed.getResult() };
    const conflict = status.code === MVCC_READ_CONFLICT || status.code === PHANTOM_READ_CONFLICT;
    if (!conflict || tries === TRIES_AFTER_CONFLICT) {
      const message = `${request.transaction} was ordered, but is invalid: validation code ${String(status.code)}.`;
      throw new LedgerRefusal('LEDGER_REFUSED', message, { transactionId: endorsed.getTransactionId(), hint: request.hint });
    }
  }
}

async function endorse({ gateway }: PeerConnection, request: TransactionRequest): Promise<Transaction> {
  const contract = gateway.getNetwork(request.channel).getContract(request.chaincode);
  const named = request.endorsers === undefined ? {} : { endorsingOrganizations: [...request.endorsers] };
  const deadline = Date.now() + ENDORSE_AGAIN_FOR_MS;
  for (;;) {
    try {
      return await contract.newProposal(request.transaction, { arguments: [...request.arguments], ...named }).endorse();
    } catch (error) {
      if (!isPassing(error) || Date.now() > deadline) throw newRefusal(request, error);
      await pause(ENDORSE_AGAIN_AFTER_MS);
    }
  }
}

/** What the chaincode itself answered is final; what keeps it from answering is not. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof EndorseError) || !PASSING.has(error.code)) return false;
  return !error.details.some(({ message }) => message.startsWith('chaincode response'));
}

/** What the peers and the chaincode said instead. */
export function newRefusal({ transaction, hint }: TransactionRequest, error: unknown): LedgerRefusal {
  const { message, details = [], transactionId } = error as Partial<EndorseError> & Error;
  const said = details.map((detail) => `${detail.mspId}: ${detail.message}`);
  const story = [`${transaction} was refused: ${message}`, ...said].join('\n  ');
  return new LedgerRefusal('LEDGER_REFUSED', story, { transactionId, hint, cause: error });
}

async function submit(client: PeerConnection, { channel }: TransactionRequest, endorsed: Transaction): Promise<Status> {
  try {
    const submitted: SubmittedTransaction = await endorsed.submit();
    return await submitted.getStatus();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return askStatus(client, channel, endorsed.getTransactionId());
  }
}

/** The status of a transaction whose submission was not answered: it waits on the peer's side until the transaction commits. */
async function askStatus({ gateway, mspId }: PeerConnection, channel: string, transactionId: string): Promise<Status> {
  const creator = new msp.SerializedIdentity();
  creator.setMspid(mspId);
  creator.setIdBytes(gateway.getIdentity().credentials);
  const request = new messages.CommitStatusRequest();
  request.setChannelId(channel);
  request.setTransactionId(transactionId);
  request.setIdentity(creator.serializeBinary());
  const signed = new messages.SignedCommitStatusRequest();
  signed.setRequest(request.serializeBinary());
  try {
    return await gateway.newCommit(signed.serializeBinary()).getStatus();
  } catch (error) {
    const message = `Whether transaction ${transactionId} was ordered could not be learned: ${(error as Error).message}`;
    throw new LedgerRefusal('LEDGER_UNCERTAIN', message, { transactionId, cause: error });
  }
}
