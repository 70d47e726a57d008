import { peer } from '@hyperledger/fabric-protos';
import { RequestRefused } from '../simulation/request-refused';
import { Simulation } from '../simulation/simulation';
import type { Ledger } from '../store/ledger';
import type { InvokeOther } from './stream';
import type { Invocation } from './transaction';

const SYSTEM_CHAINCODES = new Set(['_lifecycle', 'lscc', 'qscc', 'cscc']);

/** Another channel's ledger, if this process plays it. */
export type OtherChannel = (channelId: string) => Ledger | undefined;
type Invoke = (invocation: Invocation) => Promise<peer.ChaincodeMessage>;

/** Chaincode calling chaincode (core/chaincode/handler.go, HandleInvokeChaincode). */
export function newInvokeOther(invoke: Invoke, otherChannel: OtherChannel = () => undefined): InvokeOther {
  return async (caller, payload) => {
    const spec = peer.ChaincodeSpec.deserializeBinary(payload);
    const target = parseTarget(spec.getChaincodeId()?.getName() ?? '', caller.channelId);
    if (!SYSTEM_CHAINCODES.has(target.chaincode)) {
      const refusal = caller.caller.refusalOf('peer/ChaincodeToChaincode', target.channelId);
      if (refusal !== undefined) throw new RequestRefused(refusal);
    }
    const called = { ...caller, ...target, input: spec.getInput() ?? new peer.ChaincodeInput() };
    // In the same channel both write one read-write set, each in its own namespace.
    if (target.channelId === caller.channelId) return run(invoke, called);
    return runElsewhere(invoke, called, otherChannel);
  };
}

/** A query: a simulation of its own, whose results are thrown away. */
async function runElsewhere(invoke: Invoke, called: Invocation, otherChannel: OtherChannel): Promise<Uint8Array> {
  const ledger = otherChannel(called.channelId);
  const peerLedger = ledger?.peer(called.mspId);
  if (ledger === undefined || peerLedger === undefined) throw new RequestRefused(`failed to find ledger for channel: ${called.channelId}`);
  const snapshot = peerLedger.snapshot();
  try {
    return await run(invoke, { ...called, simulation: new Simulation({ txId: called.txId, ledger, snapshot }) });
  } finally {
    snapshot.release();
  }
}

async function run(invoke: Invoke, called: Invocation): Promise<Uint8Array> {
  try {
    return (await invoke(called)).serializeBinary();
  } catch (error) {
    throw new RequestRefused(`execute failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** `name`, `name:version` or either with `/channel`; the version is not used. */
function parseTarget(name: string, ownChannel: string): { chaincode: string; channelId: string } {
  const slash = name.indexOf('/');
  const instance = slash < 0 ? name : name.slice(0, slash);
  const channelId = slash < 0 ? '' : name.slice(slash + 1);
  return { chaincode: instance.split(':', 1)[0] ?? '', channelId: channelId === '' ? ownChannel : channelId };
}
