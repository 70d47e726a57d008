import { signCoverage } from '../src/wallet';
import { TestConsortium } from './support/test-consortium';
import { newPlan, TestCoverage } from './support/test-coverage';
import { TestPatient } from './support/test-patient';

const consortium = new TestConsortium();
const patient = new TestPatient(consortium, 'AlphaMSP');
const coverage = new TestCoverage(patient);

beforeAll(async () => {
  await consortium.start();
  await patient.register();
  await patient.checkIn('GammaMSP', 'GammaMSP', ['cover']);
}, 30_000);

afterAll(async () => {
  await consortium.stop();
});

const gamma = () => consortium.gateway('GammaMSP');
const alpha = () => consortium.gateway('AlphaMSP');

describe('plans', () => {
  it('are published by the insurer, version after version, and stand as they were published', async () => {
    const first = await coverage.publish();
    expect([first.status, first.body]).toMatchObject([201, { insurer: 'GammaMSP', planId: 'demonstration', version: 1, plan: newPlan() }]);
    const again = await coverage.publish();
    expect(again.body.transactionId).toBe(first.body.transactionId);
    const other = await coverage.publish(newPlan({ title: 'Another' }));
    expect(other.body).toMatchObject({ code: 'PLAN_VERSION_TAKEN' });
    expect((await coverage.publish(newPlan({ version: 3 }))).body).toMatchObject({ code: 'PLAN_VERSION_SKIPPED' });
    expect((await coverage.publish(newPlan({ version: 2 }))).status).toBe(201);
  });

  it('are refused with the place of what is wrong in them', async () => {
    const refused = await coverage.publish(newPlan({ deductible: -1 }));
    expect([refused.status, refused.body.code]).toEqual([400, 'REQUEST_INVALID']);
    expect(JSON.stringify(refused.body.details)).toContain('deductible');
  });

  it("are no hospital's to publish", async () => {
    const refused = await alpha().send('/api/plans', { token: await alpha().token('insurer-clerk'), body: { plan: newPlan() } });
    expect([refused.status, refused.body.code]).toEqual([403, 'CALLER_NOT_INSURER']);
  });

  it('are read by the staff of every member', async () => {
    const token = await alpha().token('physician');
    await consortium.untilFollowing();
    const { body } = await alpha().send('/api/plans?insurer=GammaMSP', { token });
    expect(body.plans.map(({ version }: { version: number }) => version)).toEqual([1, 2]);
    expect((await alpha().send('/api/plans/GammaMSP/demonstration/2', { token })).body.plan).toEqual(newPlan({ version: 2 }));
    expect((await alpha().send('/api/plans/GammaMSP/demonstration/9', { token })).status).toBe(404);
  });
});

describe('a coverage', () => {
  it('is offered by the insurer, read by the patient alone, and recorded with her signature', async () => {
    const offered = await coverage.offer();
    expect([offered.status, offered.body]).toMatchObject([201, { version: 1, document: { planId: 'demonstration', isInNetwork: true } }]);
    const read = await coverage.readOffers();
    expect(read.body.offers).toEqual([{ ...offered.body, plan: newPlan({ version: 2 }) }]);

    const signed = await coverage.sign();
    expect([signed.status, signed.body]).toMatchObject([201, { version: 1, status: 'active', insurer: 'GammaMSP' }]);
    const delivered = ['AlphaMSP', 'GammaMSP'].map((organisation) => ({ organisation, status: 'delivered' }));
    expect(signed.body.deliveries).toEqual(expect.arrayContaining(delivered));
    expect((await coverage.readOffers()).body.offers).toEqual([]);
  });

  it('shows nobody on the ledger which plan it is of', () => {
    const written = JSON.stringify(consortium.ledger.blocks.slice(-5));
    expect(written).toContain(coverage.coverageId);
    expect(written).not.toContain('isInNetwork');
  });

  it('is suspended, resumed and ended by the insurer under the terms that stand', async () => {
    for (const [version, status] of [
      [2, 'suspended'],
      [3, 'active'],
      [4, 'ended'],
    ] as const)
      expect((await coverage.change(status)).body).toMatchObject({ version, status });
    expect((await coverage.change('ended')).body).toMatchObject({ version: 4 });
    expect((await coverage.change('active')).body).toMatchObject({ code: 'COVERAGE_ENDED' });
  });

  it('gets other terms by another signature of hers', async () => {
    const second = new TestCoverage(patient);
    await second.begin();
    const offered = await second.offer({ coverageId: second.coverageId, order: 'secondary' });
    expect(offered.body).toMatchObject({ version: 2, document: { order: 'secondary' } });
    expect((await second.sign()).body).toMatchObject({ version: 2, status: 'active' });
  });

  it('is not recorded with terms that were not offered, with envelopes that she did not sign, or by another', async () => {
    const third = new TestCoverage(patient);
    const { body: offer } = await third.offer();
    const recipients = await patient.recipients('GammaMSP');
    const altered = { ...offer, document: { ...offer.document, planId: 'better' } };
    expect((await third.sign(altered)).body).toMatchObject({ code: 'COMMITMENT_MISMATCH' });

    const good = await signCoverage(patient.wallet, offer, recipients);
    const swapped = { ...good.documents, GammaMSP: good.documents['AlphaMSP'] };
    expect((await gamma().send('/api/coverages', { body: { ...good, documents: swapped } })).body).toMatchObject({
      code: 'REQUEST_INVALID',
    });
    expect((await alpha().send('/api/coverages', { body: good })).body).toMatchObject({ code: 'NOT_THE_INSURER' });

    const stranger = new TestPatient(consortium, 'AlphaMSP');
    await stranger.register();
    await stranger.checkIn('GammaMSP', 'GammaMSP', ['cover']);
    const theirs = { ...offer, document: { ...offer.document, relationRef: stranger.relationRef } };
    const foreign = await signCoverage(stranger.wallet, theirs, recipients);
    expect((await gamma().send('/api/coverages', { body: foreign })).status).toBe(404);
    expect((await gamma().send('/api/coverages', { body: good })).status).toBe(201);
    expect((await gamma().send('/api/coverages', { body: good })).body).toMatchObject({ version: 1, status: 'active' });
  });

  it('stands in the history that the patient reads', async () => {
    await consortium.untilFollowing();
    const { body } = await alpha().send(`/api/relations/${patient.relationRef}/history`, { token: await patient.token('AlphaMSP') });
    const entries = body.entries.filter(({ kind }: { kind: string }) => kind === 'coverage');
    expect(entries.slice(0, 4)).toMatchObject([{ status: 'active' }, { status: 'suspended' }, { status: 'active' }, { status: 'ended' }]);
  });
});
