import { openNotice } from '../src/wallet';
import { TestConsortium, waitFor } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';

describe('the main job over HTTP', () => {
  const consortium = new TestConsortium();
  const patient = new TestPatient(consortium, 'AlphaMSP');

  beforeAll(async () => {
    await consortium.start();
  }, 30_000);

  afterAll(async () => {
    await consortium.stop();
  });

  it('registers, imports, refuses without consent, releases with it, and refuses again from the revocation on', async () => {
    const alpha = consortium.gateway('AlphaMSP');
    const beta = consortium.gateway('BetaMSP');
    expect((await patient.register()).status).toBe(201);
    const imported = await patient.import(newBundle(3));
    expect(imported.body).toMatchObject({ resources: [{ category: 'demographics' }, { category: 'laboratory' }, {}, {}] });

    const checkedIn = await patient.checkIn('BetaMSP');
    expect(checkedIn.body).toMatchObject({ version: 1, deliveries: Array(4).fill({ status: 'delivered' }) });
    const refused = await ask(beta, patient.relationRef, ['laboratory']);
    expect(refused.body).toMatchObject({ status: 'refused', refusal: { code: 'NOT_PERMITTED' } });

    expect((await patient.consent('BetaMSP', ['laboratory'])).body).toMatchObject({ version: 2 });
    const released = await ask(beta, patient.relationRef, ['laboratory', 'demographics']);
    expect(released.body).toMatchObject({ status: 'released', records: 3 });
    const release = await beta.send(`/api/releases/${released.body.requestId}`, { token: await beta.token('physician') });
    const laboratory = imported.body.resources.filter(({ category }: { category: string }) => category === 'laboratory');
    expect(release.body.resources).toHaveLength(3);
    for (const { recordId, category, resource } of release.body.resources) {
      const held = await alpha.send(`/api/records/${recordId}`, { token: await alpha.token('records') });
      expect(category).toBe('laboratory');
      expect(resource).toBe(held.text);
      expect(laboratory.map((one: { recordId: string }) => one.recordId)).toContain(recordId);
    }

    const outsider = await ask(consortium.gateway('GammaMSP'), patient.relationRef, ['laboratory']);
    expect(outsider.body).toMatchObject({ status: 'refused' });
    expect((await patient.revoke('GammaMSP')).status).toBe(201);
    await waitFor(() => beta.store.facts.height === consortium.ledger.blocks.length, 5_000);
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body).toMatchObject({ status: 'refused' });

    const history = await alpha.send(`/api/relations/${patient.relationRef}/history`, { token: await patient.token('AlphaMSP') });
    // The released copy is deleted some time after the revocation.
    const kinds = history.body.entries.map(({ kind }: { kind: string }) => kind).filter((kind: string) => kind !== 'deletion');
    expect(kinds).toEqual([
      'relation',
      'consent',
      ...['request', 'decision'],
      'consent',
      ...['request', 'decision', 'delivery'],
      ...['request', 'decision'],
      'consent',
      ...['request', 'decision'],
    ]);
    const notices = history.body.entries.filter(({ notice }: { notice?: string }) => typeof notice === 'string');
    const reasons = await Promise.all(
      notices.map(async ({ requestId, notice }: { requestId: string; notice: string }) =>
        openNotice(patient.wallet, patient.relationRef, requestId, notice),
      ),
    );
    expect(reasons).toMatchObject([{ reason: 'no-permit' }, { reason: 'permitted', outcome: 'released' }, { reason: 'consent-revoked' }]);
  }, 60_000);
});
