/** Where an organisation's chaincode service listens: Fabric's connection.json of a chaincode package (core/container/externalbuilder/instance.go). */
export interface ChaincodeService {
  /** What the service registers as (CHAINCODE_ID). */
  readonly packageId: string;
  /** host:port. */
  readonly address: string;
  /** Default 3000, Fabric's. */
  readonly dialTimeoutMs?: number;
  /** Absent: plain TCP. */
  readonly tls?: ChaincodeTls;
}

/** PEM each. */
export interface ChaincodeTls {
  readonly rootCert: string;
  /** Both for mutual TLS. */
  readonly clientCert?: string;
  readonly clientKey?: string;
  /** Name in the service's certificate, where it differs from the address. */
  readonly domain?: string;
}
