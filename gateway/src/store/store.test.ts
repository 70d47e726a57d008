import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  consentKey,
  decisionKey,
  deliveryKey,
  formatKey,
  groupKey,
  parseSigned,
  patientKey,
  recordKey,
  relationKey,
  requestKey,
} from '@medaccord/chaincode/model';
import type { LedgerBlock } from '../ledger/ledger';
import { checkIn, closeByRecovery, deriveRecoverySeed, newWallet, registerPatient, revokeConsent, type Wallet } from '../wallet';
import { Facts } from './facts';
import { newLocalKey } from './local-key';
import { openStore } from './store';

const [requestId, recordId, groupId] = ['Q', 'A', 'G'].map((one) => one.repeat(22)) as never[] as [never, never, never];
const [custodian, requester] = ['AlphaMSP', 'BetaMSP'] as never[] as [never, never];
const at = '2026-03-01T08:00:00.000Z';
const hash = 'A'.repeat(43);

const block = (number: number, ...writes: [string, unknown][]): LedgerBlock => ({
  number,
  time: 1_000 * number,
  transactions: [
    {
      index: 0,
      transactionId: `tx${String(number)}`,
      code: 0,
      event: undefined,
      writes: writes.map(([key, value]) => ({
        key,
        value: value === undefined || typeof value === 'string' ? value : JSON.stringify(value),
      })),
    },
  ],
});

/** A patient's signed entries, as the chaincode writes them. */
async function signEntries() {
  const registered = await registerPatient(newWallet(), custodian);
  const { subjectRef } = registered;
  const related = await checkIn(registered.wallet, { subjectRef, counterparty: requester, kinds: ['care'] }, []);
  const { relationRef, request } = related;
  const entryOf = (jws: string): object => ({ ...parseSigned('consent', jws, 'consent').payload, jws, recordedAt: at });
  const consents: unknown[] = [];
  let wallet: Wallet = related.wallet;
  for (let jws = request.consent; consents.length < 3;) {
    consents.push(entryOf(jws));
    const next = await revokeConsent(wallet, relationRef);
    [wallet, jws] = [next.wallet, next.request.consent];
  }
  const closing = entryOf((await closeByRecovery(await deriveRecoverySeed(wallet.seed), relationRef, 2)).consent);
  const { keys, bound } = parseSigned('patient', registered.registration, 'patient').payload;
  const by = { mspId: custodian, role: 'registrar', actor: hash };
  return {
    subjectRef,
    relationRef,
    patient: { subjectRef, custodian, keys, bound, jws: registered.registration, registeredAt: at, by },
    relation: { ...parseSigned('relation', request.relation, 'relation').payload, jws: request.relation, createdAt: at },
    consents,
    closing,
  };
}

describe('Facts', () => {
  let signed: Awaited<ReturnType<typeof signEntries>>;
  let stranger: Awaited<ReturnType<typeof signEntries>>;
  let chain: readonly LedgerBlock[];
  let name: { relationRef: never; requester: never; requestId: never };
  let facts: Facts;

  beforeAll(async () => {
    [signed, stranger] = await Promise.all([signEntries(), signEntries()]);
    name = { relationRef: signed.relationRef as never, requester, requestId };
    chain = [block(0), ...newChain()];
  });

  beforeEach(() => {
    facts = new Facts(':memory:', custodian);
  });

  const newRequest = (more: object = {}): object => ({
    ...{ relationRef: signed.relationRef, requestId, by: { mspId: requester, role: 'physician', actor: hash } },
    ...{ purpose: 'TREAT', proof: null, ask: hash, requestHash: hash, party: true, at },
    ...more,
  });
  const newDecision = (more: object = {}): object => ({
    ...{ ...name, outcome: 'released', code: null, custodian, purpose: 'TREAT', proof: null, consentVersion: 1, rulesVersion: 1 },
    ...{ deadline: '2026-03-01T08:10:00.000Z', records: hash, count: 2, bound: 'custodian', basis: 'consent', receipt: null, at },
    ...more,
  });
  const newDelivery = (part: number): object => ({ ...name, part, parts: 2, envelope: hash, at });
  const newGroup = (size: number): object => ({ groupId, custodian, status: 'closed', size, at });
  const consentAt = (version: number): [string, unknown] => [consentKey(name.relationRef, version), signed.consents[version - 1]];
  const currentConsent = (): unknown => {
    const found = facts.findConsent(name.relationRef);
    return [found?.signed.value.version, found?.newest];
  };
  const anchorAt = (version: number): [string, unknown] => [
    recordKey(custodian, recordId, version),
    {
      recordId,
      version,
      custodian,
      groupId,
      whole: false,
      subject: null,
      payload: hash,
      details: hash,
      dataKey: hash,
      ciphertext: hash,
      anchoredAt: at,
    },
  ];
  const whole = ([key, anchor]: [string, unknown]): [string, unknown] => [key, { ...(anchor as object), whole: true }];
  const requestAt = (): string => requestKey(name.relationRef, requester, requestId);
  const decisionAt = (): string => decisionKey(name.relationRef, requester, requestId);
  const deliveryAt = (part: number): string => deliveryKey(name.relationRef, requester, requestId, part);
  const newChain = (): LedgerBlock[] => [
    block(1, consentAt(1), [relationKey(name.relationRef), signed.relation]),
    block(2, [requestAt(), newRequest()]),
    block(3, [decisionAt(), newDecision()]),
    block(4, [deliveryAt(1), newDelivery(1)]),
    block(5, [deliveryAt(2), newDelivery(2)]),
  ];
  const applyUpTo = (last: number): void => {
    for (const one of chain.slice(0, last + 1)) facts.apply(one);
  };
  const listWork = (): unknown => [facts.listUndecided(), facts.listUndelivered(at), facts.isDelivered(name)];

  it('applies every block once, in order, and knows its height and its time', () => {
    applyUpTo(2);
    expect([facts.height, facts.newestTime]).toEqual([3, 2_000]);
    expect(facts.apply(chain[1] as LedgerBlock)).toBe(false);
    expect(() => facts.apply(chain[4] as LedgerBlock)).toThrow('Block 3 is missing');
    expect(facts.height).toBe(3);
  });

  it('trusts the consents that the patient signed, up to the first number at which nothing stands', () => {
    applyUpTo(1);
    expect(currentConsent()).toEqual([1, 1]);
    facts.apply(block(2, consentAt(3), [consentKey(name.relationRef, 900), { ...(signed.consents[1] as object), version: 900 }]));
    expect(currentConsent()).toEqual([1, 1]);
    facts.apply(block(3, [consentKey(name.relationRef, 2), 'junk']));
    expect(currentConsent()).toEqual([3, 3]);
    facts.apply(block(4, [consentKey(name.relationRef, 4), 'junk']));
    expect(currentConsent()).toEqual([3, 4]);
  });

  it('takes what the patient signed for a number that others had taken before, a closing included', () => {
    applyUpTo(1);
    facts.apply(block(2, [consentKey(name.relationRef, 2), 'junk'], consentAt(3), [consentKey(name.relationRef, 4), 'junk']));
    expect(currentConsent()).toEqual([3, 4]);
    facts.apply(block(3, [consentKey(name.relationRef, 2), signed.closing]));
    expect(currentConsent()).toEqual([2, 2]);
  });

  it("lets nothing follow a closing, though the relation's key signed it and every number is taken", () => {
    applyUpTo(1);
    facts.apply(block(2, [consentKey(name.relationRef, 2), signed.closing], consentAt(3), [consentKey(name.relationRef, 4), 'junk']));
    expect(currentConsent()).toEqual([2, 2]);
  });

  it("counts the versions of a custodian's record up to the first gap, so that none but its own next number is taken", () => {
    expect(facts.findNewestVersion(custodian, recordId)).toBe(0);
    facts.apply(block(0, anchorAt(1), anchorAt(2)));
    facts.apply(block(1, anchorAt(900_000)));
    expect(facts.findNewestVersion(custodian, recordId)).toBe(2);
    expect(facts.findNewestVersion('GammaMSP' as never, recordId)).toBe(0);
  });

  it('lists a request as undecided until its decision, and a release as undelivered until its last part or its deadline', () => {
    applyUpTo(2);
    expect(listWork()).toEqual([[name], [], false]);
    facts.apply(chain[3] as LedgerBlock);
    expect(listWork()).toEqual([[], [name], false]);
    expect(facts.listUndelivered('2026-03-01T08:10:00.001Z')).toEqual([]);
    facts.apply(chain[4] as LedgerBlock);
    expect(listWork()).toEqual([[], [name], false]);
    facts.apply(chain[5] as LedgerBlock);
    expect(listWork()).toEqual([[], [], true]);
  });

  it('lists no work of another custodian, but knows what was delivered there', () => {
    facts = new Facts(':memory:', requester);
    applyUpTo(3);
    expect(listWork()).toEqual([[], [], false]);
    for (const one of chain.slice(4)) facts.apply(one);
    expect(listWork()).toEqual([[], [], true]);
  });

  it('never lists the request of somebody who is no party, whatever it says of itself', () => {
    applyUpTo(1);
    const by = { mspId: 'GammaMSP', role: 'physician', actor: hash };
    facts.apply(block(2, [requestKey(name.relationRef, 'GammaMSP' as never, requestId), newRequest({ by })]));
    expect(facts.listType('request')).toHaveLength(1);
    expect(listWork()).toEqual([[], [], false]);
  });

  it('keeps what is made once: no later value and no delete changes it', () => {
    applyUpTo(5);
    const group = groupKey(custodian, groupId);
    facts.apply(block(6, [group, newGroup(1)]));
    const types = ['relation', 'consent', 'request', 'decision', 'delivery', 'group'] as const;
    const look = (): unknown => types.flatMap((type) => facts.listType(type));
    const before = look();
    const later: [string, unknown][] = [
      [group, newGroup(2)],
      [requestAt(), newRequest({ purpose: 'HPAYMT' })],
      [decisionAt(), newDecision({ deadline: '2099-01-01T00:00:00.000Z' })],
      [deliveryAt(1), { ...newDelivery(1), parts: 1 }],
      [relationKey(name.relationRef), { ...signed.relation, createdAt: '2026-03-02T08:00:00.000Z' }],
    ];
    facts.apply(block(7, ...later));
    facts.apply(block(8, ...later.map(([key]): [string, unknown] => [key, undefined]), [consentAt(1)[0], undefined]));
    expect(before).toHaveLength(7);
    expect(look()).toEqual(before);
  });

  it('counts records that were anchored whole, whatever entry others give their group, and else those of a closed group', () => {
    const counted = (): boolean[] => [1, 2].map((version) => facts.counts(custodian, recordId, version));
    applyUpTo(1);
    facts.apply(block(2, [groupKey(custodian, groupId), { ...newGroup(1), status: 'abandoned' }], whole(anchorAt(1)), anchorAt(2)));
    expect(counted()).toEqual([true, false]);
    facts.clear();
    for (const one of [...chain.slice(0, 2), block(2, anchorAt(1))]) facts.apply(one);
    expect(counted()).toEqual([false, false]);
    facts.apply(block(3, [groupKey(custodian, groupId), newGroup(1)]));
    expect(counted()).toEqual([true, false]);
  });

  it('passes over what has not the shape of its kind, names another key or is not signed', () => {
    applyUpTo(1);
    const { relationRef } = name;
    const other = 'Z'.repeat(22) as never;
    const junk: [string, unknown][] = [
      [patientKey(other), signed.patient],
      [patientKey(signed.subjectRef), { ...stranger.patient, subjectRef: signed.subjectRef }],
      [relationKey(other), { ...signed.relation, relationRef: other }],
      [requestKey(relationRef, requester, other), newRequest()],
      [decisionKey(relationRef, 'GammaMSP' as never, requestId), newDecision()],
      [deliveryKey(relationRef, requester, requestId, 3), newDelivery(1)],
      [recordKey(custodian, recordId, 1), 'null'],
      [groupKey(custodian, groupId), '{"groupId":1}'],
      [formatKey('rules'), '['],
      ['plain-key', '{}'],
      [formatKey('else', 'x'), '{}'],
    ];
    const count = (): number =>
      (['patient', 'relation', 'consent', 'request', 'decision', 'delivery', 'record', 'group', 'rules'] as const).flatMap((type) =>
        facts.listType(type),
      ).length;
    const before = count();
    for (const [at, write] of junk.entries()) facts.apply(block(2 + at, write));
    expect([facts.height, count()]).toEqual([2 + junk.length, before]);
    facts.apply(block(facts.height, [patientKey(signed.subjectRef), signed.patient]));
    facts.apply(block(facts.height, [patientKey(signed.subjectRef), { ...stranger.patient, subjectRef: signed.subjectRef }]));
    expect(facts.find('patient', signed.subjectRef)?.value).toEqual(signed.patient);
  });

  it('is the same after it was cleared and built again', () => {
    applyUpTo(5);
    const look = (): unknown => [
      facts.list('consent', signed.relationRef),
      facts.list('delivery', signed.relationRef),
      listWork(),
      facts.height,
      facts.newestTime,
    ];
    const before = look();
    facts.clear();
    expect(facts.height).toBe(0);
    applyUpTo(5);
    expect(look()).toEqual(before);
  });
});

describe('the data folder', () => {
  it('and everything in it can be read by its owner only', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-store-'));
    const store = await openStore(join(folder, 'data'), custodian);
    try {
      expect(statSync(join(folder, 'data')).mode & 0o077).toBe(0);
      for (const name of readdirSync(join(folder, 'data', 'keys')))
        expect(statSync(join(folder, 'data', 'keys', name)).mode & 0o077).toBe(0);
    } finally {
      await store.close();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the local key', () => {
  const key = newLocalKey(Buffer.alloc(32, 7));

  it('opens what it sealed, at the same place only and unaltered only', () => {
    const sealed = key.seal('table/1', Buffer.from('secret'));
    expect(Buffer.from(key.open('table/1', sealed)).toString()).toBe('secret');
    expect(() => key.open('table/2', sealed)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
    const altered = Buffer.from(sealed);
    altered[14] = (altered[14] ?? 0) ^ 1;
    expect(() => key.open('table/1', altered)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
    expect(() => newLocalKey(Buffer.alloc(32, 8)).open('table/1', sealed)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
  });

  it('gives a value one name per purpose, and another key another name', () => {
    expect(key.name('a', 'x')).toBe(key.name('a', 'x'));
    expect(
      new Set([key.name('a', 'x'), key.name('b', 'x'), key.name('a', 'y'), newLocalKey(Buffer.alloc(32, 8)).name('a', 'x')]).size,
    ).toBe(4);
  });
});
