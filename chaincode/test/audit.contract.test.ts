import { auditRootKey, type AuditLogId, type AuditRootStatement, type Digest, type MspId } from '../src/model';
import { ENDORSEMENT_POLICY_FAILURE, OK, refusalOf, type ConsortiumTwin, type Endorsed } from './support/consortium-twin';
import { MerkleTree } from './support/merkle-tree';
import { AUTHORITY, CLINIC, HOSPITAL, INSURER, newConsortium, organisationKeys, signingKeyOf } from './support/story';
import { ISSUED, newKeyPair, newRef, signAs, type KeyPair } from './support/wallet';

describe('the roots of an audit log', () => {
  let twin: ConsortiumTwin;
  const log = newRef<AuditLogId>();
  const tree = new MerkleTree(Array.from({ length: 20 }, (_, index) => Buffer.from(`entry ${String(index)}`)));
  /** Of the hospital, root by root: 3 entries, then 8, then 20. */
  const sizes = [0, 3, 8, 20];

  interface Change extends Partial<AuditRootStatement> {
    readonly consistency?: readonly Digest[];
    readonly of?: MerkleTree;
    readonly key?: KeyPair;
    readonly by?: MspId;
    readonly endorsers?: readonly string[];
  }

  const endorse = async (
    number: number,
    { consistency, of = tree, key = signingKeyOf(HOSPITAL), by = HOSPITAL, endorsers, ...change }: Change = {},
  ): Promise<Endorsed> => {
    const [previousSize = 0, size = 0] = sizes.slice(number - 1);
    const { root } = of.head(change.size ?? size);
    const statement = { mspId: HOSPITAL, log, number, size, previousSize, root, issuedAt: ISSUED, ...change };
    const path = consistency ?? (number === 1 ? [] : of.consistency(previousSize, statement.size));
    const request = JSON.stringify({ root: signAs('audit-root', statement, key), consistency: path });
    return twin.endorse(await twin.identity(by, 'gateway'), ['AnchorAuditRoot', request], endorsers === undefined ? {} : { endorsers });
  };
  const anchor = async (number: number): Promise<void> => {
    expect(twin.commit(await endorse(number))).toBe(OK);
  };

  beforeEach(async () => {
    twin = await newConsortium();
  });

  test('stand one after another, are read by every member, and are anchored again without effect', async () => {
    for (const number of [1, 2, 3]) await anchor(number);
    const reader = await twin.identity(INSURER);
    const third = await twin.evaluate(reader, 'GetAuditRoot', { mspId: HOSPITAL, log, number: 3 });
    expect(third).toMatchObject({ mspId: HOSPITAL, log, number: 3, previousSize: 8, ...tree.head(20) });
    expect((await endorse(3)).simulation.rwset.writes).toEqual({});
    expect(await refusalOf(twin.evaluate(reader, 'GetAuditRoot', { mspId: HOSPITAL, log, number: 4 }))).toEqual({
      code: 'AUDIT_ROOT_NOT_FOUND',
      details: { n: 4 },
    });
  });

  test('leave no gap, name the size before, and only grow', async () => {
    const notNext = (n: number): object => ({ code: 'AUDIT_ROOT_NOT_NEXT', details: { n } });
    expect(await refusalOf(endorse(2))).toEqual(notNext(2));
    expect(await refusalOf(endorse(1, { previousSize: 1 }))).toEqual(notNext(1));
    expect((await refusalOf(endorse(1, { consistency: [tree.hash(0)] }))).code).toBe('AUDIT_LOG_REWRITTEN');
    await anchor(1);
    expect(await refusalOf(endorse(3))).toEqual(notNext(3));
    expect(await refusalOf(endorse(2, { previousSize: 2 }))).toEqual(notNext(2));
    expect(await refusalOf(endorse(2, { size: 3, consistency: [] }))).toEqual(notNext(2));
    expect(await refusalOf(endorse(2, { previousSize: 0 }))).toEqual(notNext(2));
  });

  test('are of one log: one that lost an entry, or says another, is refused whatever its proof', async () => {
    await anchor(1);
    const rewritten = { code: 'AUDIT_LOG_REWRITTEN', details: { n: 2 } };
    const shortened = new MerkleTree(tree.leaves.filter((_, index) => index !== 1));
    expect(await refusalOf(endorse(2, { of: shortened }))).toEqual(rewritten);
    expect(await refusalOf(endorse(2, { root: shortened.head(8).root }))).toEqual(rewritten);
    expect(await refusalOf(endorse(2, { consistency: [] }))).toEqual(rewritten);
    expect(twin.commit(await endorse(2))).toBe(OK);
  });

  test('are never replaced, and of two at once one stands', async () => {
    await anchor(1);
    const [one, other] = [await endorse(2), await endorse(2, { size: 9 })];
    expect(twin.commit(one)).toBe(OK);
    // The first one sealed the key.
    expect(twin.commit(other)).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(await refusalOf(endorse(2, { size: 9 }))).toEqual({ code: 'AUDIT_ROOT_ALREADY_ANCHORED', details: { n: 2 } });
    const rwset = { reads: {}, writes: { [auditRootKey(HOSPITAL, log, 1)]: 'e30=' }, policies: {}, hashedReads: {}, privateWrites: {} };
    expect(twin.validate(rwset, [HOSPITAL, CLINIC, INSURER])).toBe(ENDORSEMENT_POLICY_FAILURE);
  });

  test("are the organisation's own: nobody anchors for another, with another key, or without it", async () => {
    expect(await refusalOf(endorse(1, { by: CLINIC }))).toEqual({
      code: 'CALLER_NOT_ALLOWED',
      details: { transaction: 'AnchorAuditRoot', allowed: HOSPITAL },
    });
    expect((await refusalOf(endorse(1, { key: newKeyPair() }))).code).toBe('SIGNATURE_INVALID');
    expect(twin.commit(await endorse(1, { endorsers: [CLINIC, AUTHORITY] }))).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(twin.commit(await endorse(1, { endorsers: [HOSPITAL] }))).toBe(ENDORSEMENT_POLICY_FAILURE);
  });

  test('that others write in its name count for nothing and hold up none', async () => {
    await anchor(1);
    const forged = { mspId: HOSPITAL, log, number: 2, previousSize: 3, ...tree.head(8), issuedAt: ISSUED };
    const jws = signAs('audit-root', forged, newKeyPair());
    for (const text of ['junk', JSON.stringify({ ...forged, jws, at: ISSUED })]) {
      twin.forge(auditRootKey(HOSPITAL, log, 2), text);
      const asked = twin.evaluate(await twin.identity(INSURER), 'GetAuditRoot', { mspId: HOSPITAL, log, number: 2 });
      expect((await refusalOf(asked)).code).toBe('AUDIT_ROOT_NOT_FOUND');
    }
    await anchor(2);
    await anchor(3);
  });

  test('go on after the organisation has changed its signing key', async () => {
    await anchor(1);
    const next = newKeyPair();
    const keys = { ...organisationKeys(HOSPITAL), signing: next.jwk };
    await twin.submit(await twin.identity(HOSPITAL, 'gateway'), 'RegisterOrganisation', keys, { endorsers: [HOSPITAL] });
    expect((await refusalOf(endorse(2))).code).toBe('SIGNATURE_INVALID');
    expect(twin.commit(await endorse(2, { key: next }))).toBe(OK);
  });
});
