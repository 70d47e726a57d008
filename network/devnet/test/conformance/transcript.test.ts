import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayError } from '@hyperledger/fabric-gateway';
import { startDevnet, type Devnet } from '../../src';
import type { CollectionSpec } from '../../src/genesis/consortium-spec';
import { GOLDEN_CHAINCODE, startChaincode, type ChaincodeProcess } from '../support/chaincode-process';
import { connectGateway, type GatewayClient } from '../support/gateway-client';
import { normaliseAnswer } from '../support/normalise-answer';
import { readTranscript, type Step } from '../support/recording';
import { TranscriptRunner } from '../support/transcript-runner';
import { TRANSCRIPT_DEVIATIONS } from './transcript-deviations';

/** The recorded conversation, held again: stock gateway clients, a fresh devnet, stock chaincode processes. */
const MSP_IDS = ['NorthsideMSP', 'LakeviewMSP', 'UnityMSP', 'AuthorityMSP'];
const PACKAGE = 'golden_1.1:recorded';
const steps = readTranscript();
const FIRST_RECORDED_BLOCK = 6;

let devnet: Devnet;
let processes: readonly ChaincodeProcess[] = [];
let firstBlock = 0;
let runner: TranscriptRunner;
const clients = new Map<string, GatewayClient>();

beforeAll(async () => {
  processes = await Promise.all(MSP_IDS.map((mspId) => startChaincode({ mspId, folder: GOLDEN_CHAINCODE, packageId: PACKAGE })));
  const services = Object.fromEntries(MSP_IDS.map((mspId, at) => [mspId, processes[at]?.service.address ?? '']));
  const collections = JSON.parse(readFileSync(join(__dirname, '../data/fabric-golden/collections.json'), 'utf8')) as CollectionSpec[];
  const golden = { name: 'golden', version: '1.1', policy: '/Channel/Application/Witnessed', packageId: PACKAGE, collections, services };
  devnet = await startDevnet(
    {
      channel: 'main',
      organisations: MSP_IDS.map((mspId) => ({ mspId })),
      policies: { Witnessed: { outOf: 2, role: 'peer' } },
      chaincodes: [golden],
    },
    { folder: ':memory:', testSwitches: true },
  );
  await Promise.all(MSP_IDS.map((mspId) => devnet.chaincodeReady(mspId, 'golden')));
  for (const { mspId, endpoint, tlsRootCertificates, generated } of devnet.organisations) {
    if (generated === undefined) throw new Error('the devnet makes its organisations itself');
    clients.set(mspId, connectGateway({ mspId, endpoint, tlsRootCertificates, ...generated.client }));
  }
  firstBlock = devnet.height;
  runner = new TranscriptRunner({ contract: (mspId) => contractOf(mspId), inOneBlock });
}, 60_000);

afterAll(async () => {
  for (const client of clients.values()) client.close();
  await devnet.close();
  await Promise.all(processes.map((process) => process.stop()));
});

function contractOf(mspId: string): ReturnType<ReturnType<GatewayClient['gateway']['getNetwork']>['getContract']> {
  const client = clients.get(mspId);
  if (client === undefined) throw new Error(`no client of ${mspId}`);
  return client.gateway.getNetwork('main').getContract('golden');
}

async function inOneBlock<T>(work: () => Promise<T>): Promise<T> {
  devnet.switches.pauseOrdering();
  try {
    return await work();
  } finally {
    devnet.switches.resumeOrdering();
  }
}

describe('the recorded conversation', () => {
  let compared = 0;

  it.each(steps.map((step, at): [string, number, Step] => [`${step.kind} ${JSON.stringify(step.script).slice(0, 90)}`, at + 1, step]))(
    '%s (step %i)',
    async (_, number, step) => {
      const answer = normaliseAnswer(step, await runner.run(step), firstBlock);
      const expected = normaliseAnswer(step, step.answer, FIRST_RECORDED_BLOCK);
      const deviation = TRANSCRIPT_DEVIATIONS.find((row) => row.case === number);
      if (deviation === undefined) expect(answer).toEqual(expected);
      else expect(answer).not.toEqual(expected);
      compared++;
    },
    30_000,
  );

  it('has 144 steps, and no deviation', () => {
    expect([compared, TRANSCRIPT_DEVIATIONS.length]).toEqual([144, 0]);
  });
});

describe('endorsers that disagree', () => {
  it('are explained beside the answer that Fabric gives', async () => {
    const failure = contractOf('NorthsideMSP').submit('run', {
      arguments: ['[["who"]]'],
      endorsingOrganizations: ['NorthsideMSP', 'LakeviewMSP'],
    });
    const error: unknown = await failure.catch((reason: unknown) => reason);
    if (!(error instanceof GatewayError)) throw new Error('it did not fail');
    expect(error.details.map(({ message }) => message)).toEqual(['ProposalResponsePayloads do not match']);
    const explanations = error.cause.metadata.get('devnet-explanation-bin').map(String);
    expect(explanations).toEqual([
      expect.stringMatching(/^(Northside|Lakeview)MSP: result of the transaction: .*first different byte at 1\d$/),
    ]);
  });
});
