import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { peer } from '@hyperledger/fabric-protos';
import { GOLDEN_CHAINCODE, freePort, startChaincode, type ChaincodeProcess } from '../../test/support/chaincode-process';
import { newSignedProposal } from '../../test/support/new-proposal';
import { newFixedLedger, type FixedState } from '../../test/support/fixed-ledger';
import { generateOrganisation } from '../genesis/generate-organisation';
import { newSigner } from '../genesis/signer';
import { asBytes, text, utf8 } from '../proto/bytes';
import { Simulation } from '../simulation/simulation';
import type { Caller } from './caller';
import { newChaincodeConnections, type ChaincodeConnections, type ChaincodeConnectionsOptions } from './connections';
import type { ChaincodeService } from './service-address';
import type { Invocation } from './transaction';

const { Type } = peer.ChaincodeMessage;
type Message = peer.ChaincodeMessage;
type Wire = ServerDuplexStream<Message, Message>;
const PACKAGE = 'cc_1.0:abc';
const ANYBODY: Caller = { satisfies: () => true, refusalOf: () => undefined };

let open: ChaincodeConnections[] = [];
let servers: Server[] = [];
let processes: ChaincodeProcess[] = [];

afterEach(async () => {
  for (const connections of open) connections.close();
  for (const server of servers) server.forceShutdown();
  await Promise.all(processes.map((process) => process.stop()));
  open = [];
  servers = [];
  processes = [];
});

function connect(service: ChaincodeService, options: Partial<ChaincodeConnectionsOptions> = {}): ChaincodeConnections {
  const connections = newChaincodeConnections({ service: (_, name) => (name === 'missing' ? undefined : service), ...options });
  open.push(connections);
  return connections;
}

function invocation(more: Partial<Invocation> & { script?: unknown[]; state?: FixedState } = {}): Invocation {
  const { ledger, snapshot } = newFixedLedger({ chaincodes: ['cc', 'other', 'missing'], ...more.state });
  const txId = more.txId ?? 'tx1';
  const input = new peer.ChaincodeInput();
  input.setArgsList([utf8('run'), utf8(JSON.stringify(more.script ?? []))]);
  return {
    channelId: 'main',
    txId,
    mspId: 'AMSP',
    chaincode: 'cc',
    input,
    signedProposal: new peer.SignedProposal(),
    caller: ANYBODY,
    simulation: new Simulation({ txId, ledger, snapshot }),
    ...more,
  };
}

/** A chaincode service that follows the test's script instead of a shim. */
async function startScripted(talk: (wire: Wire) => void): Promise<ChaincodeService> {
  const server = new Server();
  const { connect: method } = peer.ChaincodeService;
  const codec = {
    serialize: (m: Message) => Buffer.from(m.serializeBinary()),
    deserialize: (b: Buffer) => peer.ChaincodeMessage.deserializeBinary(asBytes(b)),
  };
  server.addService(
    { connect: { ...method, requestDeserialize: codec.deserialize, responseSerialize: codec.serialize } as never },
    { connect: talk as never },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  servers.push(server);
  return { packageId: PACKAGE, address: `127.0.0.1:${String(port)}` };
}

function message(
  type: Message['getType'] extends () => infer T ? T : never,
  payload: Uint8Array = new Uint8Array(),
  txId = 'tx1',
): Message {
  const made = new peer.ChaincodeMessage();
  made.setType(type);
  made.setPayload(payload);
  made.setTxid(txId);
  made.setChannelId('main');
  return made;
}

function registration(name = PACKAGE): Message {
  const id = new peer.ChaincodeID();
  id.setName(name);
  return message(Type.REGISTER, id.serializeBinary(), '');
}

function completed(result: string): Message {
  const response = new peer.Response();
  response.setStatus(200);
  response.setPayload(utf8(result));
  return message(Type.COMPLETED, response.serializeBinary());
}

const resultOf = (answer: Message): string => text(peer.Response.deserializeBinary(answer.getPayload_asU8()).getPayload_asU8());

describe('the start of a chaincode stream', () => {
  it('is REGISTER, REGISTERED and a READY without payload', async () => {
    const heard: [number, number][] = [];
    const service = await startScripted((wire) => {
      wire.on('data', (received: Message) => {
        heard.push([received.getType(), received.getPayload_asU8().length]);
        if (received.getType() === Type.TRANSACTION) wire.write(completed('done'));
      });
      wire.write(registration());
    });
    await connect(service).invoke(invocation());
    expect(heard.slice(0, 2)).toEqual([
      [Type.REGISTERED, 0],
      [Type.READY, 0],
    ]);
    expect(heard.map(([type]) => type)).not.toContain(Type.KEEPALIVE);
  });

  it.each([
    [
      'another',
      `could not launch chaincode ${PACKAGE}: chaincode registration failed: peer will not accept external chaincode connection another (except in dev mode)`,
    ],
    [
      '',
      `could not launch chaincode ${PACKAGE}: chaincode registration failed: error in handling register chaincode, chaincodeID name is empty`,
    ],
  ])('refuses a process that registers as "%s"', async (name, error) => {
    const service = await startScripted((wire) => wire.write(registration(name)));
    await expect(connect(service).invoke(invocation())).rejects.toThrow(error);
  });

  it('says which address does not answer', async () => {
    const address = `127.0.0.1:${String(await freePort())}`;
    const failing = connect({ packageId: PACKAGE, address, dialTimeoutMs: 200 }).invoke(invocation());
    await expect(failing).rejects.toThrow(`error creating grpc connection to ${address}`);
  });

  it('is refused for a chaincode without definition, and for one that the organisation does not run', async () => {
    const connections = connect({ packageId: PACKAGE, address: '127.0.0.1:1' });
    await expect(connections.invoke(invocation({ chaincode: 'absent' }))).rejects.toThrow(
      'invalid invocation: [channel main] failed to get chaincode container info for absent: chaincode absent not found',
    );
    await expect(connections.invoke(invocation({ chaincode: 'missing' }))).rejects.toThrow('but chaincode is not installed');
  });
});

describe('a transaction on the stream', () => {
  it('ends with "timeout expired" when the chaincode does not answer, and what comes later is answered with "no ledger context"', async () => {
    const late: string[] = [];
    let wire: Wire | undefined;
    const service = await startScripted((stream) => {
      wire = stream;
      stream.on('data', (received: Message) => {
        if (received.getType() === Type.ERROR) late.push(text(received.getPayload_asU8()));
      });
      stream.write(registration());
    });
    const connections = connect(service, { executeTimeoutMs: 50 });
    await expect(connections.invoke(invocation())).rejects.toThrow('error sending: timeout expired while executing transaction');
    wire?.write(message(Type.GET_STATE, new peer.GetState().serializeBinary()));
    await waitFor(() => late.length > 0);
    expect(late).toEqual(['GET_STATE failed: transaction ID: tx1: no ledger context']);
  });

  it('fails when the stream is lost, and the next one dials again', async () => {
    let dialled = 0;
    const service = await startScripted((wire) => {
      const isFirst = ++dialled === 1;
      wire.on('data', (received: Message) => {
        if (received.getType() !== Type.TRANSACTION) return;
        if (isFirst) wire.end();
        else wire.write(completed('again'));
      });
      wire.write(registration());
    });
    const connections = connect(service);
    await expect(connections.invoke(invocation())).rejects.toThrow('error sending: chaincode stream terminated');
    expect(resultOf(await connections.invoke(invocation()))).toBe('again');
  });

  it('cannot run twice under one id at the same time', async () => {
    const service = await startScripted((wire) => wire.write(registration()));
    const connections = connect(service, { executeTimeoutMs: 500 });
    const first = connections.invoke(invocation()).catch(() => undefined);
    await expect(connections.invoke(invocation())).rejects.toThrow('error sending: txid: tx1(main) exists');
    await first;
  });

  it('hands on an ERROR as it is', async () => {
    const service = await startScripted((wire) => {
      wire.on('data', (received: Message) => {
        if (received.getType() === Type.TRANSACTION) wire.write(message(Type.ERROR, utf8('broken')));
      });
      wire.write(registration());
    });
    const answer = await connect(service).invoke(invocation());
    expect([answer.getType(), text(answer.getPayload_asU8())]).toEqual([Type.ERROR, 'broken']);
  });

  it('of batched requests ends the stream: READY never offered them', async () => {
    const service = await startScripted((wire) => {
      wire.on('data', (received: Message) => {
        if (received.getType() === Type.TRANSACTION) wire.write(message(Type.WRITE_BATCH_STATE));
      });
      wire.write(registration());
    });
    await expect(connect(service).invoke(invocation())).rejects.toThrow('chaincode stream terminated');
  });
});

describe('a real chaincode process', () => {
  async function startGolden(mspId = 'AMSP', port?: number): Promise<ChaincodeProcess> {
    const process = await startChaincode({ mspId, folder: GOLDEN_CHAINCODE, packageId: PACKAGE, ...(port === undefined ? {} : { port }) });
    processes.push(process);
    return process;
  }

  it('runs many transactions at once on one stream', async () => {
    const { service } = await startGolden();
    const connections = connect(service);
    const { client } = await generateOrganisation({ mspId: 'AMSP' });
    const run = async (at: number): Promise<string> => {
      const script = JSON.stringify([
        ['get', 'a'],
        ['range', 'a', '', 10],
      ]);
      const signedProposal = newSignedProposal(newSigner('AMSP', client), { arguments: ['run', script] });
      const answer = await connections.invoke(
        invocation({
          txId: `tx${String(at)}`,
          script: JSON.parse(script) as unknown[],
          state: { values: { a: String(at) } },
          signedProposal,
        }),
      );
      return resultOf(answer);
    };
    const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => run(at)));
    expect(answers).toEqual(Array.from({ length: 50 }, (_, at) => JSON.stringify([String(at), [['a', String(at)]]])));
  }, 30_000);

  it('that was killed and started again is found without a new start of the peer', async () => {
    const first = await startGolden();
    const connections = connect(first.service);
    await connections.ready('AMSP', 'cc');
    await first.stop();
    await startGolden('AMSP', Number(first.service.address.split(':')[1]));
    await expect(waitForReady(connections)).resolves.toBeUndefined();
  }, 30_000);
});

/** The loss of a stream is noticed a moment after the process is gone. */
async function waitForReady(connections: ChaincodeConnections): Promise<void> {
  await waitFor(async () => (await connections.invoke(invocation()).catch(() => undefined)) !== undefined);
}

async function waitFor(holds: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come true in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
