import { spawn, type ChildProcess } from 'node:child_process';
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import {
  CommitError,
  connect,
  EndorseError,
  signers,
  type ConnectOptions,
  type Contract,
  type Gateway,
  type Transaction,
} from '@hyperledger/fabric-gateway';
import { startDevnet, type Devnet } from '@medaccord/devnet';
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

const CHAINCODE = join(__dirname, '../..');
export const LAWLESS = join(__dirname, '../fixtures/lawless-chaincode');
const PACKAGE_ID = 'medaccord:1';

interface ConnectedClient {
  readonly identity: Identity;
  readonly contract: Contract;
  close(): void;
}

/** How a member's chaincode process is run. */
export interface ChaincodeRun {
  /** Default: the chaincode of this package, as built. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A consortium on a devnet: real endorsement, ordering and validation, a chaincode process per member. */
export class DevnetConsortium implements Consortium {
  readonly #clients = new Map<string, ConnectedClient>();
  readonly #byIdentity = new Map<Identity, ConnectedClient>();

  private constructor(
    readonly devnet: Devnet,
    readonly processes: ReadonlyMap<string, ChildProcess>,
  ) {}

  static async start(
    folder: string,
    members: readonly string[],
    runs: Readonly<Record<string, ChaincodeRun>> = {},
  ): Promise<DevnetConsortium> {
    const started = await Promise.all(members.map(async (mspId) => ({ mspId, ...(await startChaincode(mspId, runs[mspId] ?? {})) })));
    const services = Object.fromEntries(started.map(({ mspId, address }) => [mspId, address]));
    const devnet = await startDevnet(
      {
        channel: 'medaccord',
        organisations: members.map((mspId) => ({ mspId })),
        policies: { Witnessed: { outOf: 2, role: 'peer' } },
        chaincodes: [{ name: 'medaccord', version: '1', policy: '/Channel/Application/Witnessed', services, packageId: PACKAGE_ID }],
      },
      { folder, testSwitches: true },
    );
    await Promise.all(members.map((mspId) => devnet.chaincodeReady(mspId, 'medaccord')));
    return new DevnetConsortium(devnet, new Map(started.map(({ mspId, child }) => [mspId, child])));
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.values()) client.close();
    await this.devnet.close();
    for (const child of this.processes.values()) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
  }

  async identity(mspId: string, role?: StaffRole | 'admin'): Promise<Identity> {
    const name = `${mspId} ${role ?? 'none'}`;
    const known = this.#clients.get(name);
    if (known !== undefined) return known.identity;
    const organisation = this.devnet.organisation(mspId);
    const { generated } = organisation;
    if (generated === undefined) throw new Error('the devnet makes the identities');
    const attributes = role === undefined ? {} : { role };
    const commonName = `${mspId.toLowerCase()}-${role ?? 'none'}`;
    const key = role === 'admin' ? generated.admin : await generated.issueIdentity({ commonName, ou: 'client', attributes });
    const identity: Identity = { mspId: mspId as MspId, certificate: key.certificate };
    const client = connectClient(identity, createPrivateKey(key.privateKey), organisation.endpoint, organisation.tlsRootCertificates);
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
    const contract = this.#byIdentity.get(as)?.contract;
    if (contract === undefined) throw new Error('an identity of another consortium');
    return contract.newProposal(name, { arguments: rest, ...transientData, ...endorsing }).endorse();
  }

  /** Submits an endorsed transaction; answers its validation code. */
  async commitOf(transaction: Transaction): Promise<number> {
    const commit = await transaction.submit();
    return (await commit.getStatus()).code;
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
    const bytes = await this.#byIdentity.get(as)?.contract.evaluateTransaction(name, formatCanonical(request));
    return JSON.parse(Buffer.from(bytes ?? []).toString('utf8')) as TransactionResponse<N>;
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

function connectClient(identity: Identity, privateKey: KeyObject, endpoint: string, tlsRoots: string): ConnectedClient {
  const client = new Client(endpoint, credentials.createSsl(Buffer.from(tlsRoots)));
  // The client library may have a copy of gRPC of its own, whose types are not these.
  const grpcClient = client as unknown as ConnectOptions['client'];
  const gateway: Gateway = connect({
    client: grpcClient,
    identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificate) },
    signer: signers.newPrivateKeySigner(privateKey),
  });
  return {
    identity,
    contract: gateway.getNetwork('medaccord').getContract('medaccord'),
    close: () => {
      gateway.close();
      client.close();
    },
  };
}

/** Chaincode as a service by the stock shim: `fabric-chaincode-node server`. The devnet waits until it listens. */
async function startChaincode(
  mspId: string,
  { folder = CHAINCODE, env = {} }: ChaincodeRun,
): Promise<{ child: ChildProcess; address: string }> {
  const address = `127.0.0.1:${String(await freePort())}`;
  const shim = join(dirname(require.resolve('fabric-shim/package.json')), 'cli.js');
  const child = spawn(process.execPath, [shim, 'server', '--chaincode-address', address, '--chaincode-id', PACKAGE_ID], {
    cwd: folder,
    env: { PATH: process.env.PATH, CORE_PEER_LOCALMSPID: mspId, CORE_CHAINCODE_LOGGING_LEVEL: 'error', ...env },
    stdio: 'ignore',
  });
  return { child, address };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
