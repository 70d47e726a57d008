import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peer } from '@hyperledger/fabric-protos';
import type { Caller } from '../../src/chaincode/caller';
import { newChaincodeConnections, type ChaincodeConnections, type ChaincodeConnectionsOptions } from '../../src/chaincode/connections';
import type { ChaincodeService } from '../../src/chaincode/service-address';
import type { Invocation } from '../../src/chaincode/transaction';
import { generateOrganisation } from '../../src/genesis/generate-organisation';
import { newSigner } from '../../src/genesis/signer';
import { text } from '../../src/proto/bytes';
import { readRwSet } from '../../src/proto/rwset';
import { GOLDEN_CHAINCODE, startChaincode, type ChaincodeProcess } from '../support/chaincode-process';
import { newFixedLedger } from '../support/fixed-ledger';
import { newInvocation, resultOf, waitFor } from '../support/invocation';
import { newSignedProposal } from '../support/new-proposal';

const PACKAGE = 'cc_1.0:abc';

let open: ChaincodeConnections[] = [];
let processes: ChaincodeProcess[] = [];

afterEach(async () => {
  for (const connections of open) connections.close();
  await Promise.all(processes.map((process) => process.stop()));
  open = [];
  processes = [];
});

function connect(service: ChaincodeService, options: Partial<ChaincodeConnectionsOptions> = {}): ChaincodeConnections {
  const connections = newChaincodeConnections({ service: () => service, ...options });
  open.push(connections);
  return connections;
}

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
        newInvocation({
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

describe('chaincode that calls chaincode', () => {
  const call = (target: string): unknown[] => [
    ['put', 'outer', '1'],
    ['invoke', target, ['run', '[["put","inner","1"],["get","a"]]'], ''],
  ];

  async function startTwo(options: Partial<ChaincodeConnectionsOptions> = {}): Promise<ChaincodeConnections> {
    const [first, second] = await Promise.all(
      ['cc:1', 'other:1'].map((packageId) => startChaincode({ mspId: 'AMSP', folder: GOLDEN_CHAINCODE, packageId })),
    );
    if (first === undefined || second === undefined) throw new Error('two processes were asked for');
    processes.push(first, second);
    return connect(first.service, { service: (_, name) => (name === 'cc' ? first.service : second.service), ...options });
  }

  async function run(
    connections: ChaincodeConnections,
    more: { script: unknown[]; caller?: Caller },
  ): Promise<{ answer: peer.Response; invoked: Invocation }> {
    const { client } = await generateOrganisation({ mspId: 'AMSP' });
    const signedProposal = newSignedProposal(newSigner('AMSP', client));
    const invoked = newInvocation({ ...more, state: { values: { a: 'of cc' } }, signedProposal });
    const answer = peer.Response.deserializeBinary((await connections.invoke(invoked)).getPayload_asU8());
    return { answer, invoked };
  }

  it('in the same channel writes one read-write set, each in its own namespace', async () => {
    const { answer, invoked } = await run(await startTwo(), { script: call('other') });
    const buffer = { type: 'Buffer', data: [] };
    expect(JSON.parse(text(answer.getPayload_asU8()))).toEqual([buffer, [200, JSON.stringify([buffer, ''])]]);
    const sets = readRwSet(invoked.simulation.finish().publicSet);
    const written = sets
      .filter(({ writes }) => writes.length > 0)
      .map(({ namespace, writes }) => [namespace, writes.map(({ key }) => key)]);
    expect(written).toEqual([
      ['cc', ['outer']],
      ['other', ['inner']],
    ]);
    const resting = sets.find(({ namespace }) => namespace === '_lifecycle')?.reads.map(({ key }) => key);
    expect(resting).toEqual(['namespaces/fields/cc/Sequence', 'namespaces/fields/other/Sequence']);
  }, 30_000);

  it('in another channel asks a simulation of its own, whose writes are lost', async () => {
    const elsewhere = newFixedLedger({ chaincodes: ['other'] });
    const connections = await startTwo({ otherChannel: (id) => (id === 'second' ? elsewhere.ledger : undefined) });
    const { answer, invoked } = await run(connections, { script: call('other/second') });
    expect(JSON.parse(text(answer.getPayload_asU8()))).toMatchObject([{}, [200, expect.any(String)]]);
    expect(readRwSet(invoked.simulation.finish().publicSet).map(({ namespace }) => namespace)).toEqual(['_lifecycle', 'cc']);
    const { answer: refused } = await run(connections, { script: call('other/third') });
    expect(refused.getMessage()).toBe('INVOKE_CHAINCODE failed: transaction ID: tx1: failed to find ledger for channel: third');
  }, 30_000);

  it('is refused where the client may not', async () => {
    const caller: Caller = { satisfies: () => false, refusalOf: (resource) => `not ${resource}` };
    const { answer } = await run(await startTwo(), { script: call('other'), caller });
    expect(answer.getMessage()).toBe('INVOKE_CHAINCODE failed: transaction ID: tx1: not peer/ChaincodeToChaincode');
  }, 30_000);
});

describe('a chaincode service with TLS', () => {
  it('is dialled with the root of its certificate, and with a certificate of the peer where it asks for one', async () => {
    const { tls, tlsCa } = await generateOrganisation({ mspId: 'AMSP' });
    const folder = mkdtempSync(join(tmpdir(), 'chaincode-tls-'));
    const file = (name: string, content: string): string => {
      writeFileSync(join(folder, name), content, { mode: 0o600 });
      return join(folder, name);
    };
    const args = [
      '--chaincode-tls-cert-file',
      file('cert', tls.certificate),
      '--chaincode-tls-key-file',
      file('key', tls.privateKey),
      '--chaincode-tls-client-cacert-file',
      file('ca', tlsCa.certificate),
    ];
    const process = await startChaincode({ mspId: 'AMSP', folder: GOLDEN_CHAINCODE, packageId: PACKAGE, args });
    processes.push(process);
    const rootCert = tlsCa.certificate;
    const mutual = { rootCert, clientCert: tls.certificate, clientKey: tls.privateKey };
    await expect(connect({ ...process.service, tls: mutual }).ready('AMSP', 'cc')).resolves.toBeUndefined();
    await expect(connect({ ...process.service, tls: { rootCert }, dialTimeoutMs: 500 }).ready('AMSP', 'cc')).rejects.toThrow(
      'could not launch chaincode',
    );
    await expect(connect({ ...process.service, dialTimeoutMs: 500 }).ready('AMSP', 'cc')).rejects.toThrow('could not launch chaincode');
    rmSync(folder, { recursive: true });
  }, 30_000);
});

/** The loss of a stream is noticed a moment after the process is gone. */
async function waitForReady(connections: ChaincodeConnections): Promise<void> {
  await waitFor(async () => (await connections.invoke(newInvocation()).catch(() => undefined)) !== undefined);
}
