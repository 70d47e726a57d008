import type { BatchSpec, CertifiedKey, EveryMemberPolicySpec, OrganisationMaterial } from './consortium-spec';

export interface Organisation {
  readonly mspId: string;
  /** Name of its groups in the configuration. */
  readonly name: string;
  readonly domain: string;
  readonly hosts: readonly string[];
  readonly port: number;
  /** As the caller gave it; absent: the devnet's own, in the ledger's folder. */
  readonly material: OrganisationMaterial | undefined;
}

export interface ChaincodeService {
  readonly address: string;
  readonly tlsRootCertificates: string | undefined;
  readonly client: CertifiedKey | undefined;
}

export interface Chaincode {
  readonly name: string;
  readonly version: string;
  readonly sequence: number;
  /** Serialized peer.ApplicationPolicy; empty: the channel's default. */
  readonly policy: Uint8Array;
  /** Serialized peer.CollectionConfigPackage; empty: no collections. */
  readonly collections: Uint8Array;
  readonly packageId: string;
  readonly services: ReadonlyMap<string, ChaincodeService>;
}

/** What programs rely on: everything filled in and checked. */
export interface Consortium {
  readonly channel: string;
  readonly organisations: readonly Organisation[];
  readonly policies: ReadonlyMap<string, string | EveryMemberPolicySpec>;
  readonly batch: Required<BatchSpec>;
  readonly chaincodes: readonly Chaincode[];
}
