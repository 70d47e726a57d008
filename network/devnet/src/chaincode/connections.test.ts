import { Server, ServerCredentials, type ClientDuplexStream, type ServerDuplexStream } from '@grpc/grpc-js';
import { peer } from '@hyperledger/fabric-protos';
import { EventEmitter } from 'node:events';
import { freePort } from '../../test/support/chaincode-process';
import { newInvocation, resultOf, waitFor } from '../../test/support/invocation';
import { asBytes, text, utf8 } from '../proto/bytes';
import { newChaincodeConnections, type ChaincodeConnections, type ChaincodeConnectionsOptions } from './connections';
import type { ChaincodeService } from './service-address';

const { Type } = peer.ChaincodeMessage;
type Message = peer.ChaincodeMessage;
type Wire = ServerDuplexStream<Message, Message>;
const PACKAGE = 'cc_1.0:abc';

let open: ChaincodeConnections[] = [];
let servers: Server[] = [];

afterEach(() => {
  for (const connections of open) connections.close();
  for (const server of servers) server.forceShutdown();
  open = [];
  servers = [];
});

function connect(service: ChaincodeService, options: Partial<ChaincodeConnectionsOptions> = {}): ChaincodeConnections {
  const connections = newChaincodeConnections({ service: (_, name) => (name === 'missing' ? undefined : service), ...options });
  open.push(connections);
  return connections;
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

describe('the start of a chaincode stream', () => {
  it('that is lost in the moment of its registration is lost: the next transaction dials again', async () => {
    let calls = 0;
    const service = await startScripted((wire) => {
      calls += 1;
      wire.on('data', (received: Message) => {
        if (received.getType() === Type.TRANSACTION) wire.write(completed('done'));
      });
      wire.write(registration());
    });
    // The message and the end of the connection reach the peer in one turn of its loop, the end before whoever waits for the message.
    const emit = EventEmitter.prototype.emit;
    const spy = jest.spyOn(EventEmitter.prototype, 'emit').mockImplementation(function (this: EventEmitter, ...heard) {
      const isHeard = emit.apply(this, heard);
      const [name, first] = heard as unknown as [string, unknown];
      if (calls === 1 && name === 'data' && first instanceof peer.ChaincodeMessage && first.getType() === Type.REGISTER) {
        spy.mockRestore();
        (this as unknown as ClientDuplexStream<Message, Message>).cancel();
        emit.call(this, 'error', new Error('killed'));
      }
      return isHeard;
    });
    const connections = connect(service, { executeTimeoutMs: 500 });
    await expect(connections.invoke(newInvocation())).rejects.toThrow('chaincode registration failed');
    expect(resultOf(await connections.invoke(newInvocation()))).toBe('done');
    expect(calls).toBe(2);
  });

  it('is REGISTER, REGISTERED and a READY without payload', async () => {
    const heard: [number, number][] = [];
    const service = await startScripted((wire) => {
      wire.on('data', (received: Message) => {
        heard.push([received.getType(), received.getPayload_asU8().length]);
        if (received.getType() === Type.TRANSACTION) wire.write(completed('done'));
      });
      wire.write(registration());
    });
    await connect(service).invoke(newInvocation());
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
    await expect(connect(service).invoke(newInvocation())).rejects.toThrow(error);
  });

  it('says which address does not answer', async () => {
    const address = `127.0.0.1:${String(await freePort())}`;
    const failing = connect({ packageId: PACKAGE, address, dialTimeoutMs: 200 }).invoke(newInvocation());
    await expect(failing).rejects.toThrow(`error creating grpc connection to ${address}`);
  });

  it('is refused for a chaincode without definition, and for one that the organisation does not run', async () => {
    const connections = connect({ packageId: PACKAGE, address: '127.0.0.1:1' });
    await expect(connections.invoke(newInvocation({ chaincode: 'absent' }))).rejects.toThrow(
      'invalid invocation: [channel main] failed to get chaincode container info for absent: chaincode absent not found',
    );
    await expect(connections.invoke(newInvocation({ chaincode: 'missing' }))).rejects.toThrow('but chaincode is not installed');
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
    await expect(connections.invoke(newInvocation())).rejects.toThrow('error sending: timeout expired while executing transaction');
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
    await expect(connections.invoke(newInvocation())).rejects.toThrow('error sending: chaincode stream terminated');
    expect(resultOf(await connections.invoke(newInvocation()))).toBe('again');
  });

  it('cannot run twice under one id at the same time', async () => {
    const service = await startScripted((wire) => wire.write(registration()));
    const connections = connect(service, { executeTimeoutMs: 500 });
    const first = connections.invoke(newInvocation()).catch(() => undefined);
    await expect(connections.invoke(newInvocation())).rejects.toThrow('error sending: txid: tx1(main) exists');
    await first;
  });

  it('hands on an ERROR as it is', async () => {
    const service = await startScripted((wire) => {
      wire.on('data', (received: Message) => {
        if (received.getType() === Type.TRANSACTION) wire.write(message(Type.ERROR, utf8('broken')));
      });
      wire.write(registration());
    });
    const answer = await connect(service).invoke(newInvocation());
    expect([answer.getType(), text(answer.getPayload_asU8())]).toEqual([Type.ERROR, 'broken']);
  });

  it('of batched requests ends the stream: READY never offered them', async () => {
    const service = await startScripted((wire) => {
      wire.on('data', (received: Message) => {
        if (received.getType() === Type.TRANSACTION) wire.write(message(Type.WRITE_BATCH_STATE));
      });
      wire.write(registration());
    });
    await expect(connect(service).invoke(newInvocation())).rejects.toThrow('chaincode stream terminated');
  });
});
