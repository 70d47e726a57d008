import { TestConsortium } from './support/test-consortium';
import { TestPatient } from './support/test-patient';

const LIMIT = 5;
const consortium = new TestConsortium();

beforeAll(async () => {
  await consortium.start({ openWritesPerMinute: LIMIT });
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

describe('a route that a signature opens', () => {
  it('takes no body that is larger than what a wallet sends', async () => {
    const answer = await consortium.gateway('GammaMSP').send('/api/relations', { body: `{"relation":"${'x'.repeat(262_144)}"}` });
    expect([answer.status, answer.body.code]).toEqual([413, 'REQUEST_TOO_LARGE']);
  });

  it('answers an address that writes too often with 429 and how long to wait, and keeps nothing of it', async () => {
    const gateway = consortium.gateway('AlphaMSP');
    const patient = new TestPatient(consortium, 'AlphaMSP');
    await patient.register();
    for (let at = 0; at < LIMIT; at++) expect((await gateway.send('/api/consents', { body: {} })).status).toBe(400);
    const waiting = await gateway.store.outbox.list();
    const answer = await patient.checkIn('BetaMSP', 'AlphaMSP');
    expect([answer.status, answer.body.code]).toEqual([429, 'REQUESTS_TOO_MANY']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(2);
    expect(await gateway.store.outbox.list()).toEqual(waiting);
    expect(gateway.store.facts.find('relation', patient.relationRef)).toBeUndefined();
  });

  it('does not stop staff of the same address, nor who asks', async () => {
    const gateway = consortium.gateway('AlphaMSP');
    for (let at = 0; at <= LIMIT; at++) expect((await gateway.send('/api/organisations')).status).toBe(200);
    expect((await new TestPatient(consortium, 'AlphaMSP').register()).status).toBe(201);
  });
});
