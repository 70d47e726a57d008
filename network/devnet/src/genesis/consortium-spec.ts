/** A certificate and the private key that belongs to it, both PEM (the key as PKCS#8 or SEC1). */
export interface CertifiedKey {
  readonly certificate: string;
  readonly privateKey: string;
}

/** What the devnet needs of an organisation to play its peer, orderer and admin. All PEM. */
export interface OrganisationMaterial {
  readonly caCertificates: readonly string[];
  readonly intermediateCertificates?: readonly string[];
  readonly tlsCaCertificates: readonly string[];
  readonly revocationLists?: readonly string[];
  readonly peer: CertifiedKey;
  readonly orderer: CertifiedKey;
  readonly admin: CertifiedKey;
  /** Server certificate of the organisation's endpoint. */
  readonly tls: CertifiedKey;
}

/** Signature policy in Fabric's language ("OR('AMSP.peer', 'BMSP.peer')"), implicit meta policy ("MAJORITY Endorsement"), or one over all members. */
export type PolicySpec = string | EveryMemberPolicySpec;

/** `outOf` of all members of the channel must sign, each with the role; a member that joins is added to it. */
export interface EveryMemberPolicySpec {
  readonly outOf: number;
  readonly role: 'member' | 'admin' | 'client' | 'peer' | 'orderer';
}

export interface OrganisationSpec {
  readonly mspId: string;
  /** Name of its groups in the configuration; default: the MSP id. */
  readonly name?: string;
  /** Goes into generated certificates; default: made of the name. */
  readonly domain?: string;
  /** Names and addresses under which the endpoint is reached, for the generated TLS certificate; localhost and 127.0.0.1 are always in it. */
  readonly hosts?: readonly string[];
  /** Port of its endpoint; 0 or absent: any free one. */
  readonly port?: number;
  /** Absent: generated, and kept in the ledger's folder. */
  readonly material?: OrganisationMaterial;
}

/** Same shape as the collection file of Fabric's peer command. */
export interface CollectionSpec {
  readonly name: string;
  readonly policy: string;
  readonly requiredPeerCount?: number;
  readonly maxPeerCount?: number;
  readonly blockToLive?: number;
  readonly memberOnlyRead?: boolean;
  readonly memberOnlyWrite?: boolean;
  readonly endorsementPolicy?: { readonly signaturePolicy?: string; readonly channelConfigPolicy?: string };
}

/** Where one organisation's chaincode process listens (chaincode as a service). */
export interface ChaincodeServiceSpec {
  /** host:port */
  readonly address: string;
  /** PEM of the roots that signed the service's certificate; absent: no TLS. */
  readonly tlsRootCertificates?: string;
  /** What the organisation's peer shows to a service that asks for a certificate (mutual TLS). */
  readonly client?: CertifiedKey;
}

export interface ChaincodeSpec {
  readonly name: string;
  readonly version: string;
  /** Default 1. */
  readonly sequence?: number;
  /** Signature policy in Fabric's language, or the absolute reference of a channel policy; default /Channel/Application/Endorsement. */
  readonly policy?: string;
  readonly collections?: readonly CollectionSpec[];
  /** By MSP id: the address of that organisation's service. Organisations without one have the definition, not the chaincode. */
  readonly services: Readonly<Record<string, string | ChaincodeServiceSpec>>;
  /** What the chaincode processes were given as CHAINCODE_ID; default: `<name>_<version>:` and a hash of the two. */
  readonly packageId?: string;
}

export interface BatchSpec {
  /** Default 100. */
  readonly maxMessageCount?: number;
  /** Longest time a transaction waits for others, default 10. */
  readonly timeoutMs?: number;
  /** Default 10 MiB. */
  readonly absoluteMaxBytes?: number;
  /** Default 2 MiB. */
  readonly preferredMaxBytes?: number;
}

/** What a person writes. */
export interface ConsortiumSpec {
  /** Default "main". */
  readonly channel?: string;
  readonly organisations: readonly OrganisationSpec[];
  /** Policies of /Channel/Application beside Fabric's usual ones, by name. */
  readonly policies?: Readonly<Record<string, PolicySpec>>;
  readonly batch?: BatchSpec;
  readonly chaincodes?: readonly ChaincodeSpec[];
}
