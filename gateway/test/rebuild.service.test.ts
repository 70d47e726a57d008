import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { MspId } from '@medaccord/chaincode/model';
import { newReader, rebuildReadModel, type RebuildProgress } from '../src/rebuild';
import { dumpReadModel } from './support/dump-read-model';
import { TestConsortium, waitFor, type Answer, type TestGateway } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';

jest.setTimeout(60_000);

const consortium = new TestConsortium();
const patient = new TestPatient(consortium, 'AlphaMSP');
let gateway: TestGateway;
let withdrawn: string;

const fhir = async (method: string, path: string, body?: object): Promise<Pick<Answer, 'status' | 'body'>> => {
  const headers = body === undefined ? {} : { 'content-type': 'application/fhir+json' };
  const answer = await gateway.send(`/fhir${path}`, { token: await gateway.token('records'), method, headers, body });
  return { status: answer.status, body: answer.body };
};

const countLocations = async (): Promise<number> => (await fhir('GET', '/Location')).body.entry.length;

beforeAll(async () => {
  await consortium.start();
  gateway = consortium.gateway('AlphaMSP');
  await patient.register();
  await patient.import(newBundle(3));
  await patient.checkIn('BetaMSP');
  await patient.consent('BetaMSP', ['laboratory']);
  expect((await ask(consortium.gateway('BetaMSP'), patient.relationRef, ['laboratory'])).body.status).toBe('released');
  const named = (value: string): object => ({ resourceType: 'Location', name: value, identifier: [{ value }] });
  const { body } = await fhir('POST', '/Location', named('one'));
  await fhir('PUT', `/Location/${body.id}`, { ...named('two'), id: body.id });
  withdrawn = (await fhir('POST', '/Location', { resourceType: 'Location', name: 'gone' })).body.id;
  await fhir('DELETE', `/Location/${withdrawn}`);
  await patient.revoke('GammaMSP');
  await waitFor(() => gateway.store.facts.listType('deletion').length === 1, 10_000);
  await consortium.untilFollowing();
});

afterAll(async () => {
  await consortium.stop();
});

const rebuild = (onProgress: (progress: RebuildProgress) => void = () => undefined): Promise<unknown> =>
  rebuildReadModel({
    mspId: gateway.mspId as string as MspId,
    data: gateway.data,
    key: gateway.store.key,
    sealing: gateway.keys.sealing,
    ledger: newReader(gateway.carrier),
    onProgress,
  });

describe('a rebuild of the read model', () => {
  it('makes the same tables as the gateway that followed every block, and tells how far it is', async () => {
    const told: RebuildProgress[] = [];
    const done = await rebuild((progress) => told.push(progress));
    const [kept, made] = [dumpReadModel(gateway.data), dumpReadModel(join(gateway.data, 'rebuilt'))];
    expect(made).toEqual(kept);
    for (const table of ['fact', 'record', 'listed', 'change', 'consent_head']) expect([table, kept[table]]).not.toEqual([table, []]);
    expect(done).toEqual({ blocks: consortium.ledger.blocks.length, records: kept.record?.length, claims: 0 });
    expect([told[0], told.at(-1)]).toEqual([
      { what: 'blocks', done: 1, of: consortium.ledger.blocks.length },
      { what: 'records', done: kept.record?.length, of: kept.record?.length },
    ]);
  });

  it('leaves a running gateway alone, which takes it at its next start and goes on from there', async () => {
    await rebuild();
    const before = await countLocations();
    const later = await fhir('POST', '/Location', { resourceType: 'Location', name: 'later' });
    expect(later.status).toBe(201);
    await gateway.stop();
    const stale = new DatabaseSync(join(gateway.data, 'projection.sqlite'));
    stale.exec("DELETE FROM fact WHERE type = 'record'");
    stale.close();
    await gateway.start();
    expect(existsSync(join(gateway.data, 'rebuilt'))).toBe(false);
    expect(await countLocations()).toBe(before + 1);
    expect((await fhir('GET', `/Location/${withdrawn}`)).status).toBe(410);
    expect((await fhir('GET', `/Location/${later.body.id}`)).body).toMatchObject({ name: 'later' });
  });

  it('that is cut off leaves nothing behind, and the gateway keeps what it has', async () => {
    const before = dumpReadModel(gateway.data);
    await expect(
      rebuild(({ done }) => {
        if (done === 3) throw new Error('cut off');
      }),
    ).rejects.toThrow('cut off');
    expect(['rebuilding', 'rebuilt'].map((name) => existsSync(join(gateway.data, name)))).toEqual([false, false]);
    expect(dumpReadModel(gateway.data)).toEqual(before);
  });
});
