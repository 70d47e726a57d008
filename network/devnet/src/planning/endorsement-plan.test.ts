import { utf8 } from '../proto/bytes';
import type { Endorsement } from '../proto/transactions';
import { EndorsementPlan, planForOrganisations, planFromLayouts, type PlannedPeer } from './endorsement-plan';

const peers = Object.fromEntries(['A', 'B', 'C', 'D'].map((mspId) => [mspId, { mspId, address: `${mspId}:1` }])) as Record<
  'A' | 'B' | 'C' | 'D',
  PlannedPeer
>;
const groups = new Map(Object.values(peers).map((peer) => [peer.mspId, [peer]]));
const layout = (names: string): ReadonlyMap<string, number> => new Map(Array.from(names, (name) => [name, 1]));
const endorsement = (name: string): Endorsement => ({ endorser: utf8(name), signature: utf8(`signed by ${name}`) });
const names = (found: readonly PlannedPeer[]): string =>
  found
    .map(({ mspId }) => mspId)
    .sort()
    .join('');
const signers = (plan: EndorsementPlan<PlannedPeer>): string | undefined =>
  plan.endorsements?.map(({ endorser }) => Buffer.from(endorser).toString()).join('');
const PAYLOAD = utf8('same');

describe('an endorsement plan', () => {
  it('is complete without another peer when the first endorsement satisfies a layout', () => {
    const plan = new EndorsementPlan([layout('A'), layout('BC')], groups);
    plan.accept(peers.A, PAYLOAD, endorsement('A'));
    expect(signers(plan)).toBe('A');
  });

  it('asks only for what the first endorsement leaves open', () => {
    const plan = new EndorsementPlan([layout('AB')], groups);
    plan.accept(peers.A, PAYLOAD, endorsement('A'));
    expect(names(plan.takePeers())).toBe('B');
    plan.accept(peers.B, PAYLOAD, endorsement('B'));
    expect(signers(plan)).toBe('AB');
  });

  it('drops the endorsement of a first peer that is in no layout, and keeps its payload as the reference', () => {
    const plan = new EndorsementPlan([layout('BC')], groups);
    plan.accept(peers.A, PAYLOAD, endorsement('A'));
    expect(plan.accept(peers.B, utf8('other'), endorsement('B'))).toBe(false);
    expect(plan.accept(peers.B, PAYLOAD, endorsement('B'))).toBe(true);
    plan.accept(peers.C, PAYLOAD, endorsement('C'));
    expect(signers(plan)).toBe('BC');
    expect(plan.payload).toBe(PAYLOAD);
  });

  it('gives up every layout that needs a group that failed, and tries the next', () => {
    const plan = new EndorsementPlan([layout('AB'), layout('BC'), layout('AD')], groups);
    plan.accept(peers.A, PAYLOAD, endorsement('A'));
    expect(names(plan.takePeers())).toBe('B');
    plan.abandon([peers.B]);
    expect(names(plan.takePeers())).toBe('D');
    plan.abandon([peers.D]);
    expect(plan.takePeers()).toEqual([]);
    expect(plan.endorsements).toBeUndefined();
  });

  it('asks one peer of each named organisation, a second time none', () => {
    const plan = planForOrganisations([peers.C, peers.D]);
    expect(names(plan.takePeers())).toBe('CD');
    expect(plan.nextInGroup(peers.C)).toBeUndefined();
  });

  it('tries layouts with the preferred peer first, each class in random order', () => {
    const layouts = [layout('BC'), layout('AB'), layout('CD'), layout('AC'), layout('AD')];
    const firsts = new Set<string>();
    for (let round = 0; round < 200; round++) firsts.add(names(planFromLayouts({ layouts }, groups, peers.A).takePeers()));
    expect([...firsts].sort()).toEqual(['AB', 'AC', 'AD']);
  });
});
