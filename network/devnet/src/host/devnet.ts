import type { ControlAddress } from '../control/control-door';
import type { TestSwitches } from '../control/test-switches';
import type { TransactionDescription } from '../explain/describe-transaction';
import type { CertificateRequest } from '../genesis/certificates';
import type { CertifiedKey, ChaincodeServiceSpec, ChaincodeSpec, OrganisationSpec } from '../genesis/consortium-spec';

export interface DevnetOptions {
  /** Where the ledger is kept; one that holds a chain is resumed. ':memory:': nothing is kept. */
  readonly folder: string;
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string;
  /** Milliseconds without a new transaction after which a block is cut before its timeout; default 2; 0: only the timeout and the count count. */
  readonly idleMs?: number;
  /** How long a chaincode may take for one transaction, in milliseconds; default 30000, Fabric's. */
  readonly executeTimeoutMs?: number;
  /** Opens the control door, for other processes; its address and token are in the folder's control.json while the devnet runs. Default false. */
  readonly control?: boolean;
  /** Allows the test switches; default false. */
  readonly testSwitches?: boolean;
  /** Told of errors that are the devnet's own fault. */
  readonly onProblem?: (error: unknown) => void;
}

/** An organisation of a running devnet, as its clients need it. All PEM. */
export interface DevnetOrganisation {
  readonly mspId: string;
  /** host:port of its gateway and event services (gRPC with TLS). */
  readonly endpoint: string;
  readonly tlsRootCertificates: string;
  /** Where the devnet made the organisation: an admin, a client without attributes, and more of them on demand. */
  readonly generated:
    | {
        readonly caCertificate: string;
        readonly admin: CertifiedKey;
        readonly client: CertifiedKey;
        issueIdentity(request: CertificateRequest): Promise<CertifiedKey>;
        /** PEM of a revocation list with these certificates, for `revokeCertificates`. */
        newRevocationList(certificates: readonly string[]): Promise<string>;
      }
    | undefined;
}

/** A running devnet. Verbs that change the channel run one after another. */
export interface Devnet {
  readonly channel: string;
  /** Number of blocks. */
  readonly height: number;
  /** In the order of joining. */
  readonly organisations: readonly DevnetOrganisation[];
  /** @throws DevnetError DEVNET_UNKNOWN_ORGANISATION */
  organisation(mspId: string): DevnetOrganisation;
  /**
   * Takes a member in: configuration transaction, endpoint, its approval of every definition. services: addresses of its chaincode processes, by chaincode.
   * Repeating it completes an interrupted one.
   */
  joinOrganisation(
    organisation: OrganisationSpec,
    services?: Readonly<Record<string, string | ChaincodeServiceSpec>>,
  ): Promise<DevnetOrganisation>;
  /** Puts an organisation's revocation list (PEM) into the channel: its certificates are refused from then on. */
  revokeCertificates(mspId: string, revocationList: string): Promise<void>;
  /** First definition of a chaincode, or its next one (sequence + 1), by lifecycle transactions. An equal one only tells the services' addresses. */
  deployChaincode(chaincode: ChaincodeSpec): Promise<{ readonly transactions: readonly string[] }>;
  /** Resolves when the organisation's chaincode process has registered. */
  chaincodeReady(mspId: string, chaincode: string): Promise<void>;
  /** Writes NNNNNN.block files; returns how many. */
  exportBlocks(folder: string): number;
  /** @throws DevnetError DEVNET_UNKNOWN_TRANSACTION */
  explain(txId: string): TransactionDescription;
  readonly switches: TestSwitches;
  readonly control: ControlAddress | undefined;
  close(): Promise<void>;
  /** Resolves when it is closed; rejects when the ledger could not be written any more. */
  readonly closed: Promise<void>;
}
