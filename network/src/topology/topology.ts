import type { FabricSpec, LedgerName, Role } from './topology-spec';

/** Ports of one organisation: a block of ten. The last six serve a ledger whose nodes are processes of their own. */
export interface OrganisationPorts {
  readonly peer: number;
  readonly ca: number;
  readonly chaincode: number;
  readonly gateway: number;
  readonly orderer: number;
  readonly ordererAdmin: number;
  readonly ordererOperations: number;
  readonly peerOperations: number;
  /** Where a peer would wait for chaincode that calls it; always opened by Fabric, used by nobody. */
  readonly peerChaincode: number;
  /** Where the next release of the chaincode runs until the ledger has changed over to it; the one after that is at `chaincode` again. */
  readonly chaincodeBeside: number;
}

/** Addresses of one organisation's processes: `host:port` for gRPC, a URL for HTTP. */
export interface OrganisationEndpoints {
  readonly peer: string;
  readonly orderer: string;
  /** On its own machine alone, as those of its CA and its chaincode. */
  readonly ordererAdmin: string;
  readonly ca: string;
  readonly chaincode: string;
  readonly gateway: string;
}

/** One of the two certificate authorities of an organisation; both answer at the same URL and are told apart by name (`caname`). */
export interface CaNode {
  readonly name: string;
  readonly folder: string;
  readonly database: string;
  readonly certificate: string;
  readonly privateKey: string;
  /** The identity that may register others; its secret is in `secretFile`, made at the first start. */
  readonly registrar: { readonly id: string; readonly secretFile: string };
}

/** A certificate and its private key, both PEM, the key readable by its owner alone. */
export interface KeyFiles {
  readonly certificate: string;
  readonly privateKey: string;
}

/** Identity types that a Fabric CA writes as organisational unit and an MSP reads as role. */
export type IdentityType = 'client' | 'peer' | 'admin' | 'orderer';

/** An identity enrolled at the organisation's CA: its own MSP folder in Fabric's layout. */
export interface MspIdentity extends KeyFiles {
  readonly id: string;
  readonly type: IdentityType;
  /** Attributes that its certificate carries, beside those that every certificate has. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly folder: string;
}

/** A TLS identity enrolled at the organisation's TLS CA, usable as server and as client. */
export interface TlsIdentity extends KeyFiles {
  readonly id: string;
  readonly type: IdentityType;
  readonly folder: string;
  readonly rootCertificate: string;
  /** DNS names that its certificate carries beside those of this machine: under them it is reached on another. */
  readonly hosts: readonly string[];
}

export interface OrganisationIdentities {
  readonly admin: MspIdentity;
  readonly peer: MspIdentity;
  readonly orderer: MspIdentity;
  readonly gateway: MspIdentity;
}

export interface OrganisationTls {
  /** Server of the peer endpoint, and client towards the chaincode service. */
  readonly peer: TlsIdentity;
  readonly orderer: TlsIdentity;
  /** Server of the chaincode service. */
  readonly chaincode: TlsIdentity;
}

/** Where a node of the ledger keeps what it is told and what it writes. */
export interface NodeFolders {
  /** Its configuration file (FABRIC_CFG_PATH). */
  readonly config: string;
  readonly data: string;
}

export interface Organisation {
  readonly name: string;
  readonly title: string;
  readonly mspId: string;
  readonly role: Role;
  /** Whether its processes run on this machine. */
  readonly isHere: boolean;
  /** Where others reach its peer and its orderer. */
  readonly host: string;
  /** Address that those two listen at: what is reached from elsewhere, at all addresses of the machine. */
  readonly listens: string;
  readonly ports: OrganisationPorts;
  readonly endpoints: OrganisationEndpoints;
  readonly folder: string;
  readonly ca: CaNode;
  readonly tlsCa: CaNode;
  /** The organisation's MSP without keys, as a channel configuration takes it. */
  readonly msp: { readonly folder: string; readonly caCertificate: string; readonly tlsCaCertificate: string; readonly config: string };
  readonly identities: OrganisationIdentities;
  readonly tls: OrganisationTls;
  readonly nodes: {
    readonly peer: NodeFolders;
    /** Undefined: the organisation runs no node of the ordering service. */
    readonly orderer: NodeFolders | undefined;
  };
  /** The connection document handed to this organisation's gateway. */
  readonly connection: string;
  /** The gateway's own data. */
  readonly gatewayData: string;
}

/** `outOf` of the named members must sign, each by a peer. */
export interface Policy {
  readonly name: string;
  /** As a chaincode definition names it. */
  readonly reference: string;
  readonly outOf: number;
  readonly mspIds: readonly string[];
}

export interface FirstTransaction {
  readonly organisation: string;
  readonly mspId: string;
  readonly transaction: string;
  readonly arguments: readonly unknown[];
}

/** A private data collection of the chaincode. */
export interface Collection {
  readonly name: string;
  readonly mspIds: readonly string[];
  readonly requiredPeerCount: number;
  readonly maxPeerCount: number;
  /** Blocks; 0: for ever. */
  readonly blockToLive: number;
  readonly memberOnlyRead: boolean;
  readonly memberOnlyWrite: boolean;
  /** Channel policy for its keys; undefined: the chaincode's. */
  readonly policyReference: string | undefined;
}

/** A topology that programs rely on: everything explicit, every path absolute, deeply frozen. */
export interface Topology {
  readonly version: 1;
  readonly name: string;
  /** DNS domain under which members' nodes reach each other across machines. */
  readonly domain: string;
  readonly channel: string;
  readonly ledger: LedgerName;
  /** Where processes of this machine reach each other. */
  readonly host: string;
  readonly organisations: readonly Organisation[];
  readonly policies: readonly Policy[];
  readonly chaincode: {
    readonly name: string;
    readonly folder: string;
    readonly policy: string;
    readonly policyReference: string;
    readonly collections: readonly Collection[];
    /** Transactions that the first deployment runs, in this order. */
    readonly first: readonly FirstTransaction[];
  };
  /** Undefined: no gateways run. */
  readonly gateway: { readonly folder: string } | undefined;
  readonly fabric: FabricSpec;
  readonly paths: {
    readonly run: string;
    readonly topology: string;
    readonly supervisor: string;
    readonly ledger: string;
    readonly logs: string;
    readonly organisations: string;
  };
}
