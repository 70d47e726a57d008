import {
  groupKey,
  implicitCollection,
  privateKey,
  recordKey,
  type Digest,
  type GroupId,
  type RecordId,
  type TransactionRequest,
} from '../src/model';
import { ENDORSEMENT_POLICY_FAILURE, MVCC_READ_CONFLICT, OK, refusalOf, type ConsortiumTwin } from './support/consortium-twin';
import {
  AUTHORITY,
  CLINIC,
  HOSPITAL,
  importRecords,
  INSURER,
  newConsortium,
  newRecord,
  refOf,
  register,
  storeRecords,
  type TestRecord,
} from './support/story';
import { newRef, Patient, sha256 } from './support/wallet';

describe('records', () => {
  let twin: ConsortiumTwin;
  let patient: Patient;
  let record: TestRecord;
  const anchor = async (records: readonly TestRecord[], more: object = {}, mspId: string = HOSPITAL): Promise<unknown> => {
    const request = {
      groupId: newRef<GroupId>(),
      whole: true,
      size: records.length,
      records: records.map(({ anchoring }) => anchoring),
      ...more,
    };
    return twin.submit(await twin.identity(mspId, 'gateway'), 'AnchorRecords', { groups: [request] });
  };
  const rewrite = (key: string): Parameters<ConsortiumTwin['validate']>[0] => ({
    reads: {},
    writes: { [key]: 'e30=' },
    policies: {},
    hashedReads: {},
    privateWrites: {},
  });

  beforeEach(async () => {
    twin = await newConsortium();
    patient = new Patient(HOSPITAL);
    await register(twin, patient);
    record = newRecord(patient);
  });

  test('are stored at their custodian alone and anchored for all', async () => {
    const groupId = await importRecords(twin, [record]);
    const anchored = await twin.evaluate(await twin.identity(INSURER), 'GetRecordAnchor', {
      custodian: HOSPITAL,
      recordId: record.recordId,
      version: 1,
    });
    expect(anchored).toEqual({ ...record.anchoring, custodian: HOSPITAL, groupId, whole: true, anchoredAt: twin.clock });
    const stored = twin.world.collections.get(implicitCollection(HOSPITAL));
    expect(stored?.get(privateKey(refOf(record)))?.value.toString()).toBe(record.envelope);
  });

  test('are stored by one transaction that the custodian endorses alone, at its own peer only', async () => {
    const input = { records: [{ recordId: record.recordId, version: 1, envelope: record.envelope }] };
    const gateway = await twin.identity(HOSPITAL, 'gateway');
    const refusal = await refusalOf(twin.endorse(gateway, ['StoreRecords', '{}'], { input, endorsers: [CLINIC] }));
    expect(refusal).toEqual({ code: 'PEER_NOT_OWN', details: { mspId: HOSPITAL } });
    const endorsed = await twin.endorse(gateway, ['StoreRecords', '{}'], { input, endorsers: [HOSPITAL] });
    expect(endorsed.simulation.rwset.writes).toEqual({});
    expect(twin.commit(endorsed)).toBe(OK);
  });

  test('cannot be anchored before they are stored, or with another ciphertext', async () => {
    expect(await refusalOf(anchor([record]))).toMatchObject({ code: 'RECORD_NOT_STORED' });
    await storeRecords(twin, [record]);
    const other = { ...record, anchoring: { ...record.anchoring, ciphertext: sha256('other') as Digest } };
    expect(await refusalOf(anchor([other]))).toMatchObject({ code: 'RECORD_NOT_STORED' });
  });

  test('cannot be anchored for a hospital without it', async () => {
    await storeRecords(twin, [record]);
    const args = ['AnchorRecords', JSON.stringify({ groups: [{ groupId: newRef(), whole: true, size: 1, records: [record.anchoring] }] })];
    const gateway = await twin.identity(HOSPITAL, 'gateway');
    expect(twin.commit(await twin.endorse(gateway, args, { endorsers: [CLINIC, INSURER] }))).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(twin.commit(await twin.endorse(gateway, args, { endorsers: [HOSPITAL] }))).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(twin.commit(await twin.endorse(gateway, args, { endorsers: [HOSPITAL, AUTHORITY] }))).toBe(OK);
  });

  test('an anchor and its group are rewritten neither by the custodian alone nor by all others', async () => {
    const groupId = newRef<GroupId>();
    await storeRecords(twin, [record]);
    await anchor([record], { groupId, whole: false });
    await twin.submit(await twin.identity(HOSPITAL, 'gateway'), 'CloseGroup', { groupId, size: 1 });
    for (const key of [recordKey(HOSPITAL, record.recordId, 1), groupKey(HOSPITAL, groupId)]) {
      expect(twin.validate(rewrite(key), [HOSPITAL])).toBe(ENDORSEMENT_POLICY_FAILURE);
      expect(twin.validate(rewrite(key), [CLINIC, INSURER, AUTHORITY])).toBe(ENDORSEMENT_POLICY_FAILURE);
    }
  });

  test('cannot be occupied: what another member anchors under their ids is its own', async () => {
    const stranger = await twin.identity(CLINIC, 'gateway');
    const input = { records: [{ recordId: record.recordId, version: 1, envelope: record.envelope }] };
    await twin.submit(stranger, 'StoreRecords', {}, { input, endorsers: [CLINIC] });
    await twin.submit(stranger, 'AnchorRecords', { groups: [{ groupId: newRef(), whole: true, size: 1, records: [record.anchoring] }] });
    await twin.submit(stranger, 'SetRecordStatus', { recordId: record.recordId, status: 'entered-in-error' });
    const groupId = await importRecords(twin, [record]);
    const reader = await twin.identity(INSURER);
    const name = { custodian: HOSPITAL, recordId: record.recordId };
    expect(await twin.evaluate(reader, 'GetRecordAnchor', { ...name, version: 1 })).toMatchObject({ custodian: HOSPITAL, groupId });
    expect((await twin.evaluate(reader, 'GetRecordStatus', name)).status).toBe('active');
  });

  test('stand as anchored: the same again is welcome, other content is refused', async () => {
    const groupId = await importRecords(twin, [record]);
    await anchor([record], { groupId });
    expect(twin.chain.at(-1)?.simulation.rwset.writes).toEqual({});
    const other = { ...record, anchoring: { ...record.anchoring, subject: null } };
    expect((await refusalOf(anchor([other], { groupId }))).code).toBe('RECORD_ALREADY_ANCHORED');
    expect((await refusalOf(storeRecords(twin, [record]))).code).toBe('RECORD_ALREADY_ANCHORED');
  });

  test('what was stored anew while the anchor was on its way voids the anchor', async () => {
    await storeRecords(twin, [record]);
    const args = ['AnchorRecords', JSON.stringify({ groups: [{ groupId: newRef(), whole: true, size: 1, records: [record.anchoring] }] })];
    const endorsed = await twin.endorse(await twin.identity(HOSPITAL, 'gateway'), args);
    await storeRecords(twin, [{ ...record, envelope: newRecord(patient).envelope }]);
    expect(twin.commit(endorsed)).toBe(MVCC_READ_CONFLICT);
  });

  test('of several groups are anchored in one transaction, each group whole by itself', async () => {
    const [one, other] = [newRecord(patient), newRecord(undefined)];
    const parts = [one, other].map(({ anchoring }) => ({ groupId: newRef<GroupId>(), whole: true, size: 1, records: [anchoring] }));
    await storeRecords(twin, [one, other]);
    const gateway = await twin.identity(HOSPITAL, 'gateway');
    expect(await twin.submit(gateway, 'AnchorRecords', { groups: parts })).toEqual({
      groups: parts.map(({ groupId }) => ({ groupId, status: 'closed', anchored: 1 })),
    });
    for (const { recordId } of [one, other]) {
      expect(await twin.evaluate(gateway, 'GetRecordAnchor', { custodian: HOSPITAL, recordId, version: 1 })).toMatchObject({ whole: true });
    }
  });

  test('of several groups in one transaction name no group and no record twice, and 200 records at most', async () => {
    const gateway = await twin.identity(HOSPITAL, 'gateway');
    const part = (groupId: GroupId, records: readonly TestRecord[]): TransactionRequest<'AnchorRecords'>['groups'][number] => ({
      groupId,
      whole: true,
      size: records.length,
      records: records.map(({ anchoring }) => anchoring),
    });
    const [groupId, otherId] = [newRef<GroupId>(), newRef<GroupId>()];
    const many = Array.from({ length: 101 }, () => newRecord(undefined));
    for (const groups of [
      [part(groupId, [record]), part(groupId, [newRecord(patient)])],
      [part(groupId, [record]), part(otherId, [record])],
      [
        part(groupId, many),
        part(
          otherId,
          Array.from({ length: 100 }, () => newRecord(undefined)),
        ),
      ],
    ]) {
      expect(await refusalOf(twin.submit(gateway, 'AnchorRecords', { groups }))).toMatchObject({
        code: 'REQUEST_INVALID',
        details: { place: 'request.groups' },
      });
    }
  });

  test('a later version follows one of the same custodian', async () => {
    const second = { ...record, version: 2, anchoring: { ...record.anchoring, version: 2 } };
    await storeRecords(twin, [second]);
    expect((await refusalOf(anchor([second]))).code).toBe('RECORD_NOT_FOUND');
    await importRecords(twin, [record]);
    const input = { records: [{ recordId: record.recordId, version: 2, envelope: record.envelope }] };
    await twin.submit(await twin.identity(CLINIC, 'gateway'), 'StoreRecords', {}, { input, endorsers: [CLINIC] });
    expect((await refusalOf(anchor([second], {}, CLINIC))).code).toBe('RECORD_NOT_FOUND');
    await anchor([second]);
  });

  test('a long group is anchored in lists and closed at the end', async () => {
    const groupId = newRef<GroupId>();
    const other = newRecord(patient);
    await storeRecords(twin, [record, other]);
    expect(await anchor([record], { groupId, whole: false, size: 2 })).toEqual({ groups: [{ groupId, status: 'open', anchored: 1 }] });
    expect((await refusalOf(twin.evaluate(await twin.identity(CLINIC), 'GetGroup', { custodian: HOSPITAL, groupId }))).code).toBe(
      'GROUP_NOT_FOUND',
    );
    await anchor([other], { groupId, whole: false, size: 2 });
    const gateway = await twin.identity(HOSPITAL, 'gateway');
    expect(await twin.submit(gateway, 'CloseGroup', { groupId, size: 2 })).toMatchObject({ status: 'closed', size: 2 });
    await twin.submit(gateway, 'CloseGroup', { groupId, size: 2 });
    const third = newRecord(patient);
    await storeRecords(twin, [third]);
    expect((await refusalOf(anchor([third], { groupId, whole: false }))).code).toBe('GROUP_NOT_OPEN');
    expect(
      (await refusalOf(twin.submit(gateway, 'AbandonGroup', { groupId, record: { recordId: record.recordId, version: 1 } }))).code,
    ).toBe('GROUP_NOT_OPEN');
  });

  test('a list is a whole group only with all its records', async () => {
    await storeRecords(twin, [record]);
    expect((await refusalOf(anchor([record], { size: 2 }))).code).toBe('GROUP_SIZE_WRONG');
  });

  test('a group that was anchored whole is not abandoned, and its records stay', async () => {
    const groupId = await importRecords(twin, [record]);
    const gateway = await twin.identity(HOSPITAL, 'gateway');
    const name = { recordId: record.recordId, version: 1 };
    expect(await refusalOf(twin.submit(gateway, 'AbandonGroup', { groupId, record: name }))).toEqual({
      code: 'GROUP_NOT_OPEN',
      details: { groupId, status: 'closed' },
    });
    await twin.submit(gateway, 'AbandonGroup', { groupId, record: { recordId: newRecord(patient).recordId, version: 1 } });
    const drop = twin.submit(gateway, 'DeleteRecords', { groupId, records: [name] }, { endorsers: [HOSPITAL] });
    expect((await refusalOf(drop)).code).toBe('RECORD_ALREADY_ANCHORED');
  });

  test('a group that is abandoned while it is anchored voids the anchors', async () => {
    await storeRecords(twin, [record]);
    const [groupId, gateway] = [newRef<GroupId>(), await twin.identity(HOSPITAL, 'gateway')];
    const args = ['AnchorRecords', JSON.stringify({ groups: [{ groupId, whole: false, size: 2, records: [record.anchoring] }] })];
    const endorsed = await twin.endorse(gateway, args);
    await twin.submit(gateway, 'AbandonGroup', { groupId, record: { recordId: record.recordId, version: 1 } });
    expect(twin.commit(endorsed)).toBe(MVCC_READ_CONFLICT);
    expect((await refusalOf(twin.endorse(gateway, args))).code).toBe('GROUP_NOT_OPEN');
  });

  test('a whole group whose records are deleted while it is anchored is not anchored; until then it may be, and stays', async () => {
    const late = newRecord(patient);
    await storeRecords(twin, [record, late]);
    const gateway = await twin.identity(HOSPITAL, 'gateway');
    const attempts = [record, late].map(({ recordId, anchoring }) => {
      const groupId = newRef<GroupId>();
      const args = ['AnchorRecords', JSON.stringify({ groups: [{ groupId, whole: true, size: 1, records: [anchoring] }] })];
      return { groupId, args, named: { recordId, version: 1 } };
    });
    const drop = (groupId: GroupId, named: { recordId: RecordId; version: number }): Promise<unknown> =>
      twin.submit(gateway, 'DeleteRecords', { groupId, records: [named] }, { endorsers: [HOSPITAL] });
    const outcomes: unknown[] = [];
    for (const [at, { groupId, args, named }] of attempts.entries()) {
      const endorsed = await twin.endorse(gateway, args);
      await twin.submit(gateway, 'AbandonGroup', { groupId, record: named });
      if (at === 0) await drop(groupId, named);
      outcomes.push(twin.commit(endorsed));
      if (at === 0) expect((await refusalOf(twin.endorse(gateway, args))).code).toBe('RECORD_NOT_STORED');
      else expect((await refusalOf(drop(groupId, named))).code).toBe('RECORD_ALREADY_ANCHORED');
    }
    expect(outcomes).toEqual([MVCC_READ_CONFLICT, OK]);
  });

  test('a group is closed by its custodian only: another member closes one of its own', async () => {
    const groupId = newRef<GroupId>();
    await twin.submit(await twin.identity(CLINIC, 'gateway'), 'CloseGroup', { groupId, size: 1 });
    await storeRecords(twin, [record]);
    await anchor([record], { groupId });
  });

  test('the records of an abandoned group are deleted, others are not', async () => {
    const groupId = newRef<GroupId>();
    const gateway = await twin.identity(HOSPITAL, 'gateway');
    await storeRecords(twin, [record]);
    await anchor([record], { groupId, whole: false, size: 2 });
    const records = [{ recordId: record.recordId, version: 1 }];
    const drop = (): Promise<unknown> => twin.submit(gateway, 'DeleteRecords', { groupId, records }, { endorsers: [HOSPITAL] });
    expect((await refusalOf(drop())).code).toBe('GROUP_NOT_ABANDONED');
    await twin.submit(gateway, 'AbandonGroup', { groupId, record: { recordId: record.recordId, version: 1 } });
    const kept = newRecord(patient);
    await importRecords(twin, [kept]);
    const foreign = { groupId, records: [{ recordId: kept.recordId, version: 1 }] };
    expect((await refusalOf(twin.submit(gateway, 'DeleteRecords', foreign, { endorsers: [HOSPITAL] }))).code).toBe(
      'RECORD_ALREADY_ANCHORED',
    );
    expect(await drop()).toEqual({ deleted: 1 });
    const [value] = (await twin.evaluate(gateway, 'ReadSealed', { keys: [refOf(record)] })).values;
    expect(value?.envelope).toBeNull();
  });

  test('are marked as entered in error by their custodian alone', async () => {
    await importRecords(twin, [record]);
    const { recordId } = record;
    const reader = await twin.identity(CLINIC);
    expect((await twin.evaluate(reader, 'GetRecordStatus', { custodian: HOSPITAL, recordId })).status).toBe('active');
    const request = { recordId, status: 'entered-in-error' } as const;
    expect((await refusalOf(twin.submit(await twin.identity(CLINIC, 'records'), 'SetRecordStatus', request))).code).toBe(
      'RECORD_NOT_FOUND',
    );
    await twin.submit(await twin.identity(HOSPITAL, 'records'), 'SetRecordStatus', request);
    expect((await twin.evaluate(reader, 'GetRecordStatus', { custodian: HOSPITAL, recordId })).status).toBe('entered-in-error');
    const back = ['SetRecordStatus', JSON.stringify({ recordId, status: 'active' })];
    const endorsed = await twin.endorse(await twin.identity(HOSPITAL, 'gateway'), back, { endorsers: [HOSPITAL] });
    expect(twin.commit(endorsed)).toBe(OK);
  });

  test('stand once in a list', async () => {
    await storeRecords(twin, [record]);
    expect(await refusalOf(anchor([record, record]))).toMatchObject({ code: 'REQUEST_INVALID', details: { place: 'request.groups' } });
  });
});
