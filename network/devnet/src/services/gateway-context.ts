import type { ChaincodeConnections } from '../chaincode/connections';
import type { ChaincodeDefinition } from '../config/channel';
import type { Endorser } from '../endorser/endorser';
import type { StateReader } from '../store/state';
import type { Ledger } from '../store/ledger';
import type { Candidate } from '../planning/layouts';

/** A peer as a gateway knows it. */
export interface GatewayPeer {
  readonly mspId: string;
  /** host:port, as in the details of an error. */
  readonly address: string;
  /** Serialized msp.SerializedIdentity. */
  readonly identity: Uint8Array;
}

/** What the gateway of one organisation works with. */
export interface GatewayContext {
  /** Whose gateway this is. */
  readonly mspId: string;
  readonly ledger: Ledger;
  readonly endorser: Endorser;
  readonly chaincodes: ChaincodeConnections;
  /** The peers that can be reached now, the gateway's own among them. */
  readonly peers: () => readonly GatewayPeer[];
  /** Ends the call: the client's deadline passed, or it hung up. */
  readonly signal?: AbortSignal;
  /** Milliseconds that another organisation's peer may take (peer.gateway.endorsementTimeout); default 10000. */
  readonly endorsementTimeoutMs?: number;
}

/** The peers that are members of the channel; one that is not the channel's identity any more is none. */
export function candidatesOf(context: GatewayContext): readonly Candidate[] {
  const { ledger, chaincodes, peers } = context;
  const defined = new Map<string, boolean>();
  const isDefined = (chaincode: string): boolean => {
    const answer = defined.get(chaincode) ?? definitionOf(context, chaincode) !== undefined;
    defined.set(chaincode, answer);
    return answer;
  };
  return peers().flatMap(({ mspId, address, identity: serialized }): Candidate[] => {
    const identity = ledger.channel.msps.identify(serialized);
    if ('problem' in identity) return [];
    return [{ mspId, address, identity, has: (chaincode) => chaincodes.has(mspId, chaincode) && isDefined(chaincode) }];
  });
}

/** The definition as the gateway's own peer has committed it. */
export function definitionOf(context: Pick<GatewayContext, 'ledger' | 'mspId'>, chaincode: string): ChaincodeDefinition | undefined {
  return withState(context, (state) => context.ledger.definition(state, chaincode));
}

/** Runs a short question on the newest state of the gateway's own peer. */
export function withState<T>({ ledger, mspId }: Pick<GatewayContext, 'ledger' | 'mspId'>, ask: (state: StateReader) => T): T | undefined {
  const snapshot = ledger.peer(mspId)?.snapshot();
  if (snapshot === undefined) return undefined;
  try {
    return ask(snapshot.state);
  } finally {
    snapshot.release();
  }
}
