import type { LedgerName, Role } from '../topology';

export interface ConnectedOrganisation {
  readonly name: string;
  readonly title: string;
  readonly mspId: string;
  readonly role: Role;
}

/** A member of the consortium and where its gateway answers. */
export interface ConnectedMember extends ConnectedOrganisation {
  readonly gateway: string;
}

export interface ConnectedPeer {
  readonly mspId: string;
  /** `host:port`, gRPC with TLS. */
  readonly endpoint: string;
  /** Name to check the peer's certificate against. */
  readonly serverName: string;
  /** File, PEM. */
  readonly tlsRootCertificates: string;
}

/** Files of an identity, PEM. */
export interface ConnectedIdentity {
  readonly certificate: string;
  readonly privateKey: string;
}

/**
 * All that a gateway or a chaincode process of one organisation is told of the network it belongs to: `connection.json` in the organisation's
 * folder. Paths are absolute; secrets are named by file, never contained. The same document serves either ledger.
 */
export interface ConnectionDocument {
  readonly version: 1;
  readonly network: string;
  readonly ledger: LedgerName;
  readonly channel: string;
  readonly chaincode: string;
  readonly organisation: ConnectedOrganisation;
  /** All members, in the topology's order, this organisation among them. */
  readonly members: readonly ConnectedMember[];
  /** This organisation's peer first, then the others in the topology's order. */
  readonly peers: readonly ConnectedPeer[];
  readonly certificateAuthority: {
    readonly url: string;
    readonly name: string;
    /** File, PEM. */
    readonly certificate: string;
    readonly registrar: { readonly id: string; readonly secretFile: string };
  };
  readonly identities: {
    /** May approve and commit for the organisation. */
    readonly admin: ConnectedIdentity;
    /** Acts for the gateway itself, with the attribute `role=gateway`. */
    readonly gateway: ConnectedIdentity;
  };
  readonly listen: { readonly host: string; readonly port: number };
  /** Folder that belongs to the gateway alone. */
  readonly data: string;
}
