import { createPrivateKey } from 'node:crypto';
import { Client, credentials } from '@grpc/grpc-js';
import {
  CommitError,
  connect,
  EndorseError,
  signers,
  type ConnectOptions,
  type Contract,
  type Gateway,
  type Network,
  type Transaction,
} from '@hyperledger/fabric-gateway';
import {
  formatCanonical,
  parseError,
  type DomainError,
  type MspId,
  type StaffRole,
  type TransactionName,
  type TransactionRequest,
  type TransactionResponse,
} from '../../src/model';
import type { Identity } from './certificates';
import type { Sending } from './consortium-twin';
import type { Consortium } from './story';

/** A client of a member, and where the member's own peer answers it. PEM. */
export interface ClientKey {
  readonly certificate: string;
  readonly privateKey: string;
  readonly endpoint: string;
  readonly tlsRootCertificates: string;
}

interface ConnectedClient {
  readonly identity: Identity;
  readonly network: Network;
  close(): void;
}

/** A consortium on a ledger with peers: real endorsement, ordering and validation. */
export abstract class LedgerConsortium implements Consortium {
  readonly #clients = new Map<string, ConnectedClient>();
  readonly #byIdentity = new Map<Identity, ConnectedClient>();

  /** A fresh client of a member; `admin` is the member's own administrator. */
  protected abstract newClient(mspId: string, role: StaffRole | 'admin' | undefined): Promise<ClientKey>;

  /** Resolves when every member's peer has a block. */
  protected abstract settled(block: bigint): Promise<void>;

  stop(): Promise<void> {
    for (const client of this.#clients.values()) client.close();
    return Promise.resolve();
  }

  async identity(mspId: string, role?: StaffRole | 'admin'): Promise<Identity> {
    const name = `${mspId} ${role ?? 'none'}`;
    const known = this.#clients.get(name);
    if (known !== undefined) return known.identity;
    const key = await this.newClient(mspId, role);
    const identity: Identity = { mspId: mspId as MspId, certificate: key.certificate };
    const client = connectClient(identity, key);
    this.#clients.set(name, client);
    this.#byIdentity.set(identity, client);
    return identity;
  }

  /** Endorses a transaction; `transaction.submit()` and `commitOf` send it on. */
  endorse(as: Identity, args: readonly string[], { input, endorsers }: Sending = {}): Promise<Transaction> {
    const [name = '', ...rest] = args;
    const transientData =
      input === undefined ? {} : { transientData: { input: typeof input === 'string' ? input : formatCanonical(input) } };
    const endorsing = endorsers === undefined ? {} : { endorsingOrganizations: [...endorsers] };
    return this.#contract(as)
      .newProposal(name, { arguments: rest, ...transientData, ...endorsing })
      .endorse();
  }

  /** Submits an endorsed transaction; answers its validation code. */
  async commitOf(transaction: Transaction): Promise<number> {
    const { code, blockNumber } = await (await transaction.submit()).getStatus();
    await this.settled(blockNumber);
    return code;
  }

  async submit<N extends TransactionName>(
    as: Identity,
    name: N,
    request: TransactionRequest<N>,
    sending: Sending = {},
  ): Promise<TransactionResponse<N>> {
    const transaction = await this.endorse(as, [name, formatCanonical(request)], sending);
    const code = await this.commitOf(transaction);
    if (code !== 0) throw new CodeError(name, code);
    return JSON.parse(Buffer.from(transaction.getResult()).toString('utf8')) as TransactionResponse<N>;
  }

  async evaluate<N extends TransactionName>(as: Identity, name: N, request: TransactionRequest<N>): Promise<TransactionResponse<N>> {
    const bytes = await this.#contract(as).evaluateTransaction(name, formatCanonical(request));
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as TransactionResponse<N>;
  }

  /** The channel, by the peer of the client's own member. */
  protected network(as: Identity): Network {
    const client = this.#byIdentity.get(as);
    if (client === undefined) throw new Error('an identity of another consortium');
    return client.network;
  }

  #contract(as: Identity): Contract {
    return this.network(as).getContract('medaccord');
  }
}

/** A transaction that was committed as invalid. */
export class CodeError extends Error {
  constructor(
    name: string,
    readonly code: number,
  ) {
    super(`${name} was committed with code ${String(code)}`);
  }
}

/** The coded error that endorsers answered, wherever the client library put its text. */
export async function refusedWith(work: Promise<unknown>): Promise<DomainError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof CommitError) throw error;
  const texts = error instanceof EndorseError ? error.details.map(({ message }) => message) : [];
  const coded = texts.map((text) => parseError(text.replace(/^chaincode response 500, /, ''))).find((found) => found !== undefined);
  if (coded === undefined) throw new Error(`no coded refusal: ${String(error)} ${texts.join(' | ')}`);
  return coded;
}

function connectClient(identity: Identity, { certificate, privateKey, endpoint, tlsRootCertificates }: ClientKey): ConnectedClient {
  const client = new Client(endpoint, credentials.createSsl(Buffer.from(tlsRootCertificates)));
  // The client library may have a copy of gRPC of its own, whose types are not these.
  const grpcClient = client as unknown as ConnectOptions['client'];
  const gateway: Gateway = connect({
    client: grpcClient,
    identity: { mspId: identity.mspId, credentials: Buffer.from(certificate) },
    signer: signers.newPrivateKeySigner(createPrivateKey(privateKey)),
  });
  return {
    identity,
    network: gateway.getNetwork('medaccord'),
    close: () => {
      gateway.close();
      client.close();
    },
  };
}
