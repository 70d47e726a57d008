/** Where somebody is reached. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A TLS identity by its files (PEM), as the node that reads them sees them. */
export interface TlsFiles {
  readonly certificate: string;
  readonly privateKey: string;
  readonly rootCertificate: string;
}

/** What a member contributes to the channel's configuration; paths as configtxgen sees them. */
export interface MemberPlace {
  /** The organisation's MSP folder, without keys. */
  readonly msp: string;
  /** The peer, as others reach it. */
  readonly peer: Address;
  /** Its node of the ordering service; undefined: it runs none. */
  readonly orderer: (Address & { readonly identity: string; readonly tls: string }) | undefined;
}

/** Where one peer runs; paths and addresses as the peer itself sees them. */
export interface PeerPlace {
  /** As others reach it. */
  readonly address: Address;
  readonly listen: Address & { readonly chaincode: Address; readonly operations: Address };
  readonly msp: string;
  readonly tls: TlsFiles;
  readonly data: string;
  /** Folder of the external builder: the one with `bin/`. */
  readonly builder: string;
}

/** Where one orderer runs; paths and addresses as the orderer itself sees them. */
export interface OrdererPlace {
  readonly listen: Address & { readonly admin: Address; readonly operations: Address };
  readonly msp: string;
  readonly tls: TlsFiles;
  readonly data: string;
}

/** `host:port` */
export function formatAddress({ host, port }: Address): string {
  return `${host}:${String(port)}`;
}
