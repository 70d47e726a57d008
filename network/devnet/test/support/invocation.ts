import { peer } from '@hyperledger/fabric-protos';
import type { Caller } from '../../src/chaincode/caller';
import type { Invocation } from '../../src/chaincode/transaction';
import { text, utf8 } from '../../src/proto/bytes';
import { Simulation } from '../../src/simulation/simulation';
import { newFixedLedger, type FixedState } from './fixed-ledger';

const ANYBODY: Caller = { satisfies: () => true, refusalOf: () => undefined };

/** A transaction of a client who may everything, on a state that stands still. */
export function newInvocation(more: Partial<Invocation> & { script?: unknown[]; state?: FixedState } = {}): Invocation {
  const { ledger, snapshot } = newFixedLedger({ chaincodes: ['cc', 'other', 'missing'], ...more.state });
  const txId = more.txId ?? 'tx1';
  const input = new peer.ChaincodeInput();
  input.setArgsList([utf8('run'), utf8(JSON.stringify(more.script ?? []))]);
  return {
    channelId: 'main',
    txId,
    mspId: 'AMSP',
    chaincode: 'cc',
    input,
    signedProposal: new peer.SignedProposal(),
    caller: ANYBODY,
    simulation: new Simulation({ txId, ledger, snapshot }),
    ...more,
  };
}

/** What the chaincode returned. */
export function resultOf(answer: peer.ChaincodeMessage): string {
  return text(peer.Response.deserializeBinary(answer.getPayload_asU8()).getPayload_asU8());
}

/** Waits until it holds; for what comes true by itself. @throws Error after the time */
export async function waitFor(holds: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
