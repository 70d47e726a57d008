import { TestConsortium } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';

jest.setTimeout(60_000);

describe('sealed values', () => {
  let consortium: TestConsortium;
  beforeEach(async () => {
    consortium = await new TestConsortium().start();
  });
  afterEach(async () => {
    await consortium.stop();
  });

  it('are not displaced by what a stranger sends with statements that it read on the ledger', async () => {
    const patient = new TestPatient(consortium, 'AlphaMSP');
    await patient.register();
    await patient.import(newBundle(2));
    await patient.checkIn('BetaMSP');
    await patient.consent('BetaMSP', ['laboratory']);
    const custodian = consortium.gateway('AlphaMSP');
    const { facts } = consortium.gateway('GammaMSP').store;
    const relation = facts.find<{ jws: string }>('relation', patient.relationRef)?.value.jws ?? '';
    const [first, second] = facts.list<{ jws: string }>('consent', patient.relationRef).map(({ value }) => value.jws);
    const junk = '{"ciphertext":"AAAA","enc":"AAAA","suite":"HPKE-P256-SHA256-A256GCM","v":1}';
    const answers = [
      await custodian.send('/api/relations', {
        body: { relation, consent: first, sealed: { AlphaMSP: { binding: junk, document: junk } } },
      }),
      await custodian.send('/api/consents', { body: { consent: second, documents: { AlphaMSP: junk } } }),
    ];
    for (const { status, body } of answers) expect([status, body]).toEqual([400, expect.objectContaining({ code: 'REQUEST_INVALID' })]);
    expect(await custodian.store.outbox.list()).toEqual([]);
    const answer = await ask(consortium.gateway('BetaMSP'), patient.relationRef, ['laboratory']);
    expect(answer.body).toMatchObject({ status: 'released', records: 2 });
  });
});
