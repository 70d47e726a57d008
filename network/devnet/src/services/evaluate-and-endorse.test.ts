import { gateway, peer } from '@hyperledger/fabric-protos';
import { newSignedProposal, type ProposalParts } from '../../test/support/new-proposal';
import { newSmallChannel, type SmallChannel } from '../../test/support/small-channel';
import type { ChaincodeDefinition } from '../config/channel';
import type { EndorserAnswer } from '../endorser/endorser';
import { applicationPolicy } from '../genesis/resolve-chaincode';
import { newSigner } from '../genesis/signer';
import { EMPTY, utf8 } from '../proto/bytes';
import type { Ledger } from '../store/ledger';
import { endorse } from './endorse';
import { evaluate } from './evaluate';
import type { GatewayContext } from './gateway-context';
import { GatewayRefusal } from './refusal';

/** What the gateway makes of its peers' answers, which the tests choose. */
let small: SmallChannel;

beforeAll(async () => {
  small = await newSmallChannel();
}, 30_000);

afterAll(() => {
  small.ledger.close();
});

type Answers = Readonly<Record<string, EndorserAnswer | 'never'>>;

function context(answers: Answers, more: Partial<GatewayContext> & { installed?: readonly string[] } = {}): GatewayContext {
  const installed = more.installed ?? ['AMSP', 'BMSP'];
  const definition: ChaincodeDefinition = {
    name: 'cc',
    version: '1',
    sequence: 1,
    policy: applicationPolicy("AND('AMSP.peer', 'BMSP.peer')"),
    collections: [],
  };
  const ledger = {
    channel: small.ledger.channel,
    peer: (mspId: string) => small.ledger.peer(mspId),
    definition: (_: unknown, name: string) => (name === 'cc' ? definition : undefined),
  } as unknown as Ledger;
  return {
    mspId: 'AMSP',
    ledger,
    endorser: {
      process: (mspId) =>
        answers[mspId] === 'never' ? new Promise(() => undefined) : Promise.resolve(answers[mspId] ?? failed('not asked for')),
    },
    chaincodes: { has: (mspId: string, name: string) => name === 'cc' && installed.includes(mspId) } as GatewayContext['chaincodes'],
    peers: () =>
      [...small.organisations].map(([mspId, { peer: key }]) => ({
        mspId,
        address: `${mspId}:7051`,
        identity: newSigner(mspId, key).identity,
      })),
    ...more,
  };
}

const failed = (text: string): EndorserAnswer => ({ outcome: 'failed', text });
const rejected = (text: string): EndorserAnswer => ({ outcome: 'rejected', text });
function answered(result: string, status = 200, message = ''): EndorserAnswer {
  const response = { status, message, payload: utf8(result) };
  const interest = [{ name: 'cc', collections: [], noPrivateReads: false, disregardNamespacePolicy: false, keyPolicies: [] }];
  const endorsement = { endorser: utf8(result), signature: EMPTY };
  return { outcome: 'answered', response, payload: utf8(`payload ${result}`), interest, privateSets: [], endorsement };
}

function evaluateRequest(targets: readonly string[] = [], parts: Partial<ProposalParts> = {}): gateway.EvaluateRequest {
  const request = new gateway.EvaluateRequest();
  request.setProposedTransaction(newSignedProposal(small.client, parts));
  request.setTargetOrganizationsList([...targets]);
  return request;
}

function endorseRequest(organisations: readonly string[] = [], parts: Partial<ProposalParts> = {}): gateway.EndorseRequest {
  const request = new gateway.EndorseRequest();
  request.setProposedTransaction(newSignedProposal(small.client, parts));
  request.setEndorsingOrganizationsList([...organisations]);
  return request;
}

async function refusal(work: Promise<unknown>): Promise<readonly unknown[]> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  if (!(error instanceof GatewayRefusal)) throw new Error(`no refusal: ${String(error)}`);
  return [error.grpcCode, error.message, error.details.map(({ mspId, message }) => `${mspId}: ${message}`)];
}

const REMOTE = 'rpc error: code = Unknown desc = ';

describe('evaluate', () => {
  const resultOf = (response: gateway.EvaluateResponse): string => Buffer.from(response.getResult()?.getPayload_asU8() ?? EMPTY).toString();

  it('asks the own organisation first, and another when its peer fails', async () => {
    const both = { AMSP: answered('own'), BMSP: answered('other') };
    expect(resultOf(await evaluate(context(both), evaluateRequest()))).toBe('own');
    expect(resultOf(await evaluate(context({ ...both, AMSP: failed('x') }), evaluateRequest()))).toBe('other');
    expect(resultOf(await evaluate(context(both), evaluateRequest(['BMSP'])))).toBe('other');
  });

  it('takes an error of the chaincode for the answer', async () => {
    const answers = { AMSP: answered('', 500, 'NO'), BMSP: answered('other') };
    const text = 'chaincode response 500, NO';
    expect(await refusal(evaluate(context(answers), evaluateRequest()))).toEqual([
      2,
      `evaluate call to endorser returned error: ${text}`,
      [`AMSP: ${text}`],
    ]);
  });

  it('reports a rejection of its own peer as final, one of another peer as unreachable', async () => {
    const answers = { AMSP: rejected('no'), BMSP: rejected('no') };
    expect(await refusal(evaluate(context(answers), evaluateRequest()))).toEqual([
      9,
      'evaluate call to endorser returned error: no',
      ['AMSP: no'],
    ]);
    const text = 'failed to evaluate transaction, see attached details for more info';
    expect(await refusal(evaluate(context(answers), evaluateRequest(['BMSP'])))).toEqual([14, text, [`BMSP: ${REMOTE}no`]]);
  });

  it('answers with the class of the last failure when all fail', async () => {
    const text = 'failed to evaluate transaction, see attached details for more info';
    expect(await refusal(evaluate(context({ AMSP: failed('a'), BMSP: failed('b') }), evaluateRequest()))).toEqual([
      10,
      text,
      ['AMSP: a', 'BMSP: b'],
    ]);
  });

  it.each<[string, () => Promise<unknown>, readonly unknown[]]>([
    [
      'an unknown chaincode',
      () => evaluate(context({}), evaluateRequest([], { chaincode: 'absent' })),
      [9, 'no peers available to evaluate chaincode absent in channel main', []],
    ],
    [
      'an unknown organisation',
      () => evaluate(context({}), evaluateRequest(['GhostMSP'])),
      [9, 'no peers available to evaluate chaincode cc in channel main', []],
    ],
    [
      'transient data where the own organisation cannot run it',
      () => evaluate(context({}, { installed: ['BMSP'] }), evaluateRequest([], { transient: { a: 'secret' } })),
      [
        9,
        "no endorsers found in the gateway's organization; retry specifying target organization(s) to protect transient data: no peers available to evaluate chaincode cc in channel main",
        [],
      ],
    ],
    [
      'an unknown channel',
      () => evaluate(context({}), evaluateRequest([], { channelId: 'x' })),
      [14, 'failed to get config for channel [x]: could not get last config for channel x', []],
    ],
    [
      'no proposal',
      () => evaluate(context({}), new gateway.EvaluateRequest()),
      [3, 'failed to unpack transaction proposal: a signed proposal is required', []],
    ],
    [
      'no channel',
      () => evaluate(context({}), evaluateRequest([], { channelId: '' })),
      [3, 'failed to unpack transaction proposal: no channel id provided', []],
    ],
    [
      'a call that ends',
      () => evaluate(context({ AMSP: 'never' }, { signal: AbortSignal.abort() }), evaluateRequest()),
      [4, 'evaluate timeout expired', []],
    ],
  ])('refuses %s', async (_, work, expected) => {
    expect(await refusal(work())).toEqual(expected);
  });
});

describe('endorse', () => {
  const COLLECT = 'failed to collect enough transaction endorsements, see attached details for more info';

  it('prepares the transaction with the endorsements of the plan, and without transient data', async () => {
    const answers = { AMSP: answered('same'), BMSP: answered('same') };
    const response = await endorse(context(answers), endorseRequest([], { transient: { a: 'secret' } }));
    const envelope = Buffer.from(response.getPreparedTransaction()?.getPayload_asU8() ?? EMPTY);
    expect([envelope.includes('payload same'), envelope.includes('secret')]).toEqual([true, false]);
    expect(response.getPreparedTransaction()?.getSignature_asU8()).toHaveLength(0);
  });

  it('does not replace a named organisation that fails', async () => {
    const answers = { AMSP: answered('same'), BMSP: failed('broken') };
    expect(await refusal(endorse(context(answers), endorseRequest(['AMSP', 'BMSP'])))).toEqual([10, COLLECT, ['BMSP: broken']]);
  });

  it('gives another organisation its time, and no more', async () => {
    const answers: Answers = { AMSP: answered('same'), BMSP: 'never' };
    const late = endorse(context(answers, { endorsementTimeoutMs: 20 }), endorseRequest());
    expect(await refusal(late)).toEqual([10, COLLECT, ['BMSP: rpc error: code = DeadlineExceeded desc = context deadline exceeded']]);
  });

  it('asks nobody else when the first endorser fails', async () => {
    const answers = { AMSP: answered('', 500, 'NO'), BMSP: answered('same') };
    const text = 'failed to endorse transaction, see attached details for more info';
    expect(await refusal(endorse(context(answers), endorseRequest()))).toEqual([10, text, ['AMSP: chaincode response 500, NO']]);
  });

  it.each<[string, () => Promise<unknown>, readonly unknown[]]>([
    [
      'unknown organisations',
      () => endorse(context({}), endorseRequest(['GhostMSP', 'AMSP', 'NoMSP'])),
      [14, 'failed to find any endorsing peers for org(s): GhostMSP, NoMSP', []],
    ],
    [
      'transient data where the own organisation cannot run it',
      () => endorse(context({}, { installed: ['BMSP'] }), endorseRequest([], { transient: { a: 'secret' } })),
      [9, "no endorsers found in the gateway's organization; retry specifying endorsing organization(s) to protect transient data", []],
    ],
    [
      'an undefined chaincode',
      () => endorse(context({}), endorseRequest([], { chaincode: 'absent' })),
      [
        9,
        'no combination of peers can be derived which satisfy the endorsement policy: No metadata was found for chaincode absent in channel main',
        [],
      ],
    ],
    [
      'an unknown channel',
      () => endorse(context({}), endorseRequest([], { channelId: 'x' })),
      [
        9,
        'no combination of peers can be derived which satisfy the endorsement policy: No metadata was found for chaincode cc in channel x',
        [],
      ],
    ],
    [
      'no proposal',
      () => endorse(context({}), new gateway.EndorseRequest()),
      [3, 'the proposed transaction must contain a signed proposal', []],
    ],
    [
      'a proposal that cannot be read',
      () => endorse(context({}), unreadable()),
      [3, 'error unmarshalling Proposal: proto: cannot parse invalid wire-format data', []],
    ],
    [
      'a call that ends before the first endorsement',
      () => endorse(context({ AMSP: 'never' }, { signal: AbortSignal.abort() }), endorseRequest()),
      [4, 'endorsement timeout expired while collecting first endorsement', []],
    ],
    [
      'a call that ends before the others',
      () => endorse(context({ AMSP: 'never' }, { signal: AbortSignal.abort() }), endorseRequest(['AMSP'])),
      [4, 'endorsement timeout expired while collecting endorsements', []],
    ],
  ])('refuses %s', async (_, work, expected) => {
    expect(await refusal(work())).toEqual(expected);
  });
});

function unreadable(): gateway.EndorseRequest {
  const signed = new peer.SignedProposal();
  signed.setProposalBytes(Uint8Array.of(0xff));
  const request = new gateway.EndorseRequest();
  request.setProposedTransaction(signed);
  return request;
}
