import { newSignedProposal, type ProposalParts } from '../../test/support/new-proposal';
import { newSmallChannel, type SmallChannel } from '../../test/support/small-channel';
import { hex } from '../proto/bytes';
import { checkProposal, type CheckContext, type ProposalRefusal } from './check-proposal';
import { openProposal, ProposalUnreadable } from './proposal';
import { peer } from '@hyperledger/fabric-protos';

let small: SmallChannel;

beforeAll(async () => {
  small = await newSmallChannel();
}, 30_000);

afterAll(() => {
  small.ledger.close();
});

type Client = 'client' | 'orderer' | 'peer' | 'revoked' | 'stranger';

function check(by: Client, parts: Partial<ProposalParts> = {}, context: Partial<CheckContext> = {}): ReturnType<typeof checkProposal> {
  const proposal = openProposal(newSignedProposal(small[by], parts));
  const { channel } = small.ledger;
  return checkProposal(proposal, { channel, otherChannel: () => undefined, isKnown: () => false, now: new Date(), ...context });
}

const minutes = (count: number): Date => new Date(Date.now() + count * 60_000);
const invalid = (text: string): ProposalRefusal => ({ outcome: 'rejected', text: `error validating proposal: ${text}` });

describe('a proposal', () => {
  it('of a client of a member is accepted', () => {
    expect(check('client')).toHaveProperty('identity.mspId', 'AMSP');
  });

  it('may be up to 15 minutes off the peer clock', () => {
    expect(check('client', { time: minutes(-14) })).toHaveProperty('identity');
    expect(check('client', { time: minutes(14) })).toHaveProperty('identity');
    for (const time of [minutes(-16), minutes(16)])
      expect(check('client', { time })).toMatchObject({ outcome: 'filtered', text: expect.stringContaining('timewindow 15m0s') });
  });

  it('of an expired certificate is filtered before anything else', () => {
    const now = new Date('2090-01-01');
    expect(check('client', { epoch: 1 }, { now })).toEqual({ outcome: 'filtered', text: 'proposal client identity expired' });
  });

  it.each<[string, Client, Partial<ProposalParts>, ProposalRefusal]>([
    ['to another channel', 'client', { channelId: 'other' }, { outcome: 'failed', text: "channel 'other' not found" }],
    ['of a wrong type', 'client', { type: 5 }, invalid('invalid header type DELIVER_SEEK_INFO')],
    ['of an epoch', 'client', { epoch: 1 }, invalid('epoch is non-zero')],
    ['without nonce', 'client', { nonce: new Uint8Array() }, invalid('nonce is empty')],
    ['without creator', 'client', { creator: new Uint8Array() }, invalid('creator is empty')],
    ['of an unknown organisation', 'stranger', {}, invalid('access denied: channel [main] creator org unknown, creator is malformed')],
    [
      'of a malformed creator',
      'client',
      { creator: Uint8Array.of(1) },
      invalid('access denied: channel [main] creator org unknown, creator is malformed'),
    ],
    ['of a revoked certificate', 'revoked', {}, invalid('access denied: channel [main] creator org [AMSP]')],
    [
      'with a wrong signature',
      'client',
      { sign: () => small.client.sign(Uint8Array.of(1)) },
      invalid('access denied: channel [main] creator org [AMSP]'),
    ],
    ['without signature', 'client', { sign: () => new Uint8Array() }, invalid('empty signature bytes')],
    ['without chaincode', 'client', { chaincode: undefined }, { outcome: 'rejected', text: 'ChaincodeHeaderExtension.ChaincodeId is nil' }],
    [
      'with a chaincode without name',
      'client',
      { chaincode: '' },
      { outcome: 'rejected', text: 'ChaincodeHeaderExtension.ChaincodeId.Name is empty' },
    ],
  ])('%s is refused', (_, by, parts, refusal) => {
    expect(check(by, parts)).toEqual(refusal);
  });

  it('names the transaction id that it should have', () => {
    const refusal = check('client', { txId: 'feed' });
    expect(refusal).toMatchObject({ text: expect.stringMatching(/incorrectly computed txid 'feed' -- expected '[0-9a-f]{64}'/) });
  });

  it('of a transaction that is in the ledger is refused, and names its creator', () => {
    const creator = hex(small.client.identity);
    const refusal = check('client', {}, { isKnown: () => true });
    expect(refusal).toMatchObject({
      outcome: 'rejected',
      text: expect.stringMatching(new RegExp(`^duplicate transaction found \\[[0-9a-f]{64}\\]\\. Creator \\[${creator}\\]$`)),
    });
  });

  it('of somebody who is no writer is refused by the name of the policy', () => {
    const text =
      'Failed evaluating policy on signed data during check policy on channel [main] with policy [/Channel/Application/Writers]: [';
    expect(check('peer')).toMatchObject({ outcome: 'rejected', text: expect.stringContaining(text) });
  });

  it('that cannot be decoded says which part', () => {
    const signed = new peer.SignedProposal();
    signed.setProposalBytes(Uint8Array.of(0xff));
    expect(() => openProposal(signed)).toThrow(ProposalUnreadable);
    expect(() => openProposal(signed)).toThrow('error unmarshalling Proposal: proto: cannot parse invalid wire-format data');
  });
});
