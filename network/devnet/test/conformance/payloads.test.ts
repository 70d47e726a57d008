import { common } from '@hyperledger/fabric-protos';
import { newChaincodeConnections, type ChaincodeConnections } from '../../src/chaincode/connections';
import type { Caller } from '../../src/chaincode/caller';
import { stagePrivateSets } from '../../src/endorser/distribute';
import type { Proposal } from '../../src/endorser/proposal';
import { simulateProposal, type SimulatedProposal } from '../../src/endorser/simulate-proposal';
import type { ProposalRefusal } from '../../src/endorser/check-proposal';
import { findLayouts, type Candidate } from '../../src/planning/layouts';
import { hex } from '../../src/proto/bytes';
import { readSerializedIdentity, readSignatureHeader } from '../../src/proto/envelopes';
import { Simulation } from '../../src/simulation/simulation';
import type { Ledger } from '../../src/store/ledger';
import { openLedger } from '../../src/ledger/open-ledger';
import { GOLDEN_CHAINCODE, startChaincode, type ChaincodeProcess } from '../support/chaincode-process';
import { newScriptProposal, recordedProposal } from '../support/recorded-proposal';
import { mspIdOf, readOrderedBlocks, readRecordedTransactions, readTranscript, type Step } from '../support/recording';

/**
 * The recorded requests, run one by one on the replayed state that each of them saw: every endorser's payload, result or error must be the
 * recorded one, byte for byte. Chaincode is real: a process per organisation.
 */
const MSP_IDS = ['NorthsideMSP', 'LakeviewMSP', 'UnityMSP', 'AuthorityMSP'];
const blocks = readOrderedBlocks();
const recorded = readRecordedTransactions(blocks);
const steps = readTranscript();
const [genesis] = blocks;

let ledger: Ledger;
let chaincodes: ChaincodeConnections;
let processes: readonly ChaincodeProcess[] = [];
/** By MSP id: serialized identity of its client and of its peer, as the recorded transactions show them. */
const clients = new Map<string, Uint8Array>();
const peers = new Map<string, Uint8Array>();
const kept = new Map<string, string>();

beforeAll(async () => {
  for (const { header, endorsements } of recorded.values()) {
    const { creator } = readSignatureHeader(header);
    for (const { endorser } of endorsements) peers.set(readSerializedIdentity(endorser).mspId, endorser);
    clients.set(readSerializedIdentity(creator).mspId, creator);
  }
  ledger = openLedger({ folder: ':memory:', genesis: genesis ?? new Uint8Array(), hostedMsps: MSP_IDS });
  for (const block of blocks.slice(1, 6)) ledger.commit(block);
  processes = await Promise.all(
    MSP_IDS.map((mspId) => startChaincode({ mspId, folder: GOLDEN_CHAINCODE, packageId: 'golden_1.1:recorded' })),
  );
  chaincodes = newChaincodeConnections({
    service: (mspId, name) => (name === 'golden' ? processes[MSP_IDS.indexOf(mspId)]?.service : undefined),
  });
  await Promise.all(MSP_IDS.map((mspId) => chaincodes.ready(mspId, 'golden')));
}, 60_000);

afterAll(async () => {
  chaincodes.close();
  ledger.close();
  await Promise.all(processes.map((process) => process.stop()));
});

const counts = { payloads: 0, layouts: 0, evaluations: 0, chaincodeErrors: 0 };

describe('the recorded requests on the state they saw', () => {
  it.each(steps.map((step, at): [string, Step] => [`${String(at + 1)} ${step.kind} ${JSON.stringify(step.script).slice(0, 90)}`, step]))(
    'step %s',
    async (_, step) => {
      if (step.kind === 'order') commitThrough(Math.max(...(step.answer.each ?? []).map(({ block }) => block)));
      else if (step.kind === 'evaluate') await replayEvaluation(step);
      else if (step.answer.txid !== undefined) await replayTransaction(step, step.answer.txid);
      else if (step.answer.error !== undefined && step.org !== null) await replayError(step);
    },
    30_000,
  );

  it('were all compared', () => {
    expect(counts).toEqual({ payloads: 84, layouts: 52, evaluations: 34, chaincodeErrors: 10 });
  });
});

async function replayTransaction(step: Step, txId: string): Promise<void> {
  const transaction = recorded.get(txId);
  if (transaction === undefined) throw new Error(`${txId} is in no block`);
  const proposal = recordedProposal(transaction, step);
  const staged = new Set<string>();
  const answers = await Promise.all((step.answer.endorsers ?? []).map((mspId) => run(mspId, proposal, staged)));
  for (const answer of answers) {
    expect(text(answer)).toBe(step.answer.result);
    expect(hex(payloadOf(answer))).toBe(hex(transaction.responsePayload));
  }
  counts.payloads++;
  if (step.orgs === undefined) await compareLayouts(step, proposal);
  if (step.as === undefined) commitThrough(step.answer.block ?? 0);
  else kept.set(step.as, txId);
}

/** The endorsers that the recorded gateway chose are among those that the plan allows. */
async function compareLayouts(step: Step, proposal: Proposal): Promise<void> {
  const first = await run(mspIdOf(step.org ?? ''), proposal);
  if (first.outcome !== 'answered') throw new Error(first.text);
  const { layouts, groups } = planFor(first);
  const sets = layouts.map((layout) =>
    [...layout.keys()]
      .map((group) => groups.get(group)?.[0]?.mspId ?? '')
      .sort()
      .join(' '),
  );
  expect(sets).toContain((step.answer.endorsers ?? []).join(' '));
  counts.layouts++;
}

function planFor({ interest }: SimulatedProposal): ReturnType<typeof findLayouts> {
  const snapshot = ledger.peer('NorthsideMSP')?.snapshot();
  if (snapshot === undefined) throw new Error('no snapshot');
  const candidates = MSP_IDS.map((mspId): Candidate => {
    const identity = ledger.channel.msps.identify(peers.get(mspId) ?? new Uint8Array());
    if ('problem' in identity) throw new Error(identity.problem);
    return { mspId, address: mspId, identity, has: () => true };
  });
  const none = { name: 'golden', collections: [], noPrivateReads: false, disregardNamespacePolicy: false, keyPolicies: [] };
  const found = findLayouts(interest.length > 0 ? interest : [none], {
    channel: ledger.channel,
    candidates,
    definition: (name) => ledger.definition(snapshot.state, name),
    collection: (name, collection) => ledger.collection(snapshot.state, name, collection),
  });
  snapshot.release();
  return found;
}

async function replayEvaluation(step: Step): Promise<void> {
  const proposal = newScriptProposal(clients.get(mspIdOf(step.org ?? '')) ?? new Uint8Array(), step);
  const answer = await run(step.orgs?.[0] ?? mspIdOf(step.org ?? ''), proposal);
  if (step.answer.error === undefined) expect(text(answer)).toBe(step.answer.result);
  else expect(errorText(answer, proposal)).toBe(step.answer.error.details[0]?.[1]);
  counts.evaluations++;
}

/** Errors of the chaincode or of the simulator; planning and comparing have their own texts. */
async function replayError(step: Step): Promise<void> {
  const proposal = newScriptProposal(clients.get(mspIdOf(step.org ?? '')) ?? new Uint8Array(), step);
  for (const [mspId, message] of step.answer.error?.details ?? []) {
    if (!message.startsWith('chaincode response')) continue;
    const answer = await run(mspId, proposal);
    expect(errorText(answer, proposal)).toBe(message);
    counts.chaincodeErrors++;
  }
}

type Answer = SimulatedProposal | ProposalRefusal;

/** staged: where given, what is private goes to the members' peers, as at an endorsement. */
async function run(mspId: string, proposal: Proposal, staged?: Set<string>): Promise<Answer> {
  const snapshot = ledger.peer(mspId)?.snapshot();
  if (snapshot === undefined || typeof proposal.inner === 'string') throw new Error(`cannot run on ${mspId}`);
  const { inner } = proposal;
  const { txId } = proposal.channelHeader;
  const simulation = new Simulation({ txId, ledger, snapshot });
  const caller = callerOf(inner.signatureHeader.creator);
  const answer = await simulateProposal(chaincodes, { mspId, proposal, inner, caller, simulation, purpose: 'endorse' });
  if (staged !== undefined && answer.outcome === 'answered')
    stagePrivateSets({ ledger, simulation, sets: answer.privateSets, isUp: () => true }, txId, staged);
  snapshot.release();
  return answer;
}

/** The recorded client, without its signature: membership follows from the certificate. */
function callerOf(creator: Uint8Array): Caller {
  const identity = ledger.channel.msps.identify(creator);
  if ('problem' in identity) throw new Error(identity.problem);
  return {
    satisfies: (envelope) => {
      const principals = common.SignaturePolicyEnvelope.deserializeBinary(envelope).getIdentitiesList();
      return principals.some((principal) => identity.satisfies(principal.serializeBinary()));
    },
    refusalOf: () => undefined,
  };
}

function commitThrough(block: number): void {
  while (ledger.height <= block) ledger.commit(blocks[ledger.height] ?? new Uint8Array());
}

function payloadOf(answer: Answer): Uint8Array {
  return answer.outcome === 'answered' ? (answer.payload ?? new Uint8Array()) : new Uint8Array();
}

function text(answer: Answer): string {
  return answer.outcome === 'answered' ? Buffer.from(answer.response.payload).toString() : answer.text;
}

function errorText(answer: Answer, proposal: Proposal): string {
  if (answer.outcome !== 'answered') return answer.text;
  return `chaincode response ${String(answer.response.status)}, ${answer.response.message}`.replaceAll(
    proposal.channelHeader.txId,
    '<txid>',
  );
}
