import type { MspRegistry } from '../msp/identity';
import type { PolicyManager } from '../policy/policy';

export interface Member {
  /** Name of the group under /Channel/Application; may differ from the MSP id. */
  readonly group: string;
  readonly mspId: string;
}

/** A channel as its newest configuration block describes it. Immutable: a config transaction makes a new one. */
export interface Channel {
  readonly id: string;
  readonly sequence: number;
  readonly members: readonly Member[];
  readonly msps: MspRegistry;
  readonly policies: PolicyManager;
  readonly batch: {
    readonly maxMessageCount: number;
    readonly absoluteMaxBytes: number;
    readonly preferredMaxBytes: number;
    readonly timeoutMs: number;
  };
  /** How blocks are ordered: `BFT`, or another name that the orderer group's ConsensusType has. */
  readonly consensus: string;
  readonly consenters: readonly { readonly id: number; readonly mspId: string; readonly identity: Uint8Array }[];
  /** Capability names per group, e.g. application: ['V2_5']. */
  readonly capabilities: {
    readonly channel: readonly string[];
    readonly orderer: readonly string[];
    readonly application: readonly string[];
  };
  /** Policy reference of an ACL resource ('peer/Propose', 'event/Block', ...), Fabric's default unless configured. */
  acl(resource: string): string;
}

/** A collection as a committed definition describes it, or an implicit one. */
export interface Collection {
  readonly name: string;
  readonly implicit: boolean;
  /** MSP ids that the member policy names. */
  readonly memberMsps: readonly string[];
  /** Serialized common.SignaturePolicyEnvelope of the members. */
  readonly memberPolicy: Uint8Array;
  readonly memberOnlyRead: boolean;
  readonly memberOnlyWrite: boolean;
  readonly blockToLive: number;
  readonly requiredPeerCount: number;
  /** Serialized peer.ApplicationPolicy; absent: the chaincode's. */
  readonly endorsementPolicy: Uint8Array | undefined;
}

/** A chaincode definition as `_lifecycle` holds it in the state. */
export interface ChaincodeDefinition {
  readonly name: string;
  readonly version: string;
  readonly sequence: number;
  /** Serialized peer.ApplicationPolicy. */
  readonly policy: Uint8Array;
  readonly collections: readonly Collection[];
}
