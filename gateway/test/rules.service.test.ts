import { randomUUID } from 'node:crypto';
import { defaultClaimRules, type Decision, type MspId, type RulesDocument } from '@medaccord/chaincode/model';
import { openNotice } from '../src/wallet';
import { newRules, TestConsortium, waitFor, type Answer, type TestGateway } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';

const BETA = 'BetaMSP' as MspId;
const reporting: Partial<RulesDocument> = {
  legalBases: [{ purpose: 'PUBHLTH', roles: ['hospital'], categories: ['laboratory'], confidentiality: 'N' }],
};

describe('when the members change the rules', () => {
  const consortium = new TestConsortium();
  let [alpha, beta, gamma]: (TestGateway | undefined)[] = [];
  let patient: TestPatient;
  let version = 1;

  const gatewayOf = (one: TestGateway | undefined): TestGateway => {
    if (one === undefined) throw new Error('not started');
    return one;
  };
  /** Alpha and Gamma are a majority of the three. Waits until every gateway knows. */
  const change = async (more: Partial<RulesDocument>): Promise<void> => {
    version += 1;
    await consortium.ledger.changeRules({ ...newRules(), ...more, version }, ['AlphaMSP', 'GammaMSP']);
    const height = consortium.ledger.blocks.length;
    await waitFor(() => [...consortium.gateways.values()].every(({ store }) => store.facts.height >= height), 5_000);
  };
  const askToReport = async (): Promise<Answer> =>
    gatewayOf(beta).send('/api/access-requests', {
      token: await gatewayOf(beta).token('public-health-officer'),
      key: randomUUID(),
      headers: { prefer: 'wait=10' },
      body: { relationRef: patient.relationRef, purpose: 'THREAT', categories: ['laboratory', 'conditions'] },
    });
  /** The decision on a request, as the patient reads it, with the reason that is sealed to her. */
  const readDecision = async (requestId: string): Promise<object> => {
    const token = await patient.token('AlphaMSP');
    const { body } = await gatewayOf(alpha).send(`/api/relations/${patient.relationRef}/history`, { token });
    const entry = body.entries.find((one: { kind: string; requestId: string }) => one.kind === 'decision' && one.requestId === requestId);
    const { reason } = (await openNotice(patient.wallet, patient.relationRef, requestId, entry.notice)) as { reason: string };
    return { ...entry, reason };
  };

  beforeAll(async () => {
    await consortium.start();
    [alpha, beta, gamma] = ['AlphaMSP', 'BetaMSP', 'GammaMSP'].map((mspId) => consortium.gateway(mspId));
  }, 30_000);

  beforeEach(async () => {
    if (version > 1) await change({});
    patient = new TestPatient(consortium, 'AlphaMSP');
    await patient.register();
    await patient.import(newBundle(2));
    await patient.checkIn('BetaMSP');
    await patient.consent('BetaMSP', ['laboratory']);
  });

  afterAll(async () => {
    await consortium.stop();
  });

  it('everybody reads the rules in force, and each version that a decision names', async () => {
    const first = (await ask(gatewayOf(beta), patient.relationRef, ['laboratory'])).body as { requestId: string };
    const { rulesVersion } = (await readDecision(first.requestId)) as Decision;
    const claims = { acknowledgeDays: 1, adjudicateDays: 14, appealDays: 90, appealDecisionDays: 21, secondPersonOver: { USD: 500_000 } };
    await change({ purposes: ['TREAT'], ...reporting, claims });
    const now = await gatewayOf(gamma).send('/api/rules');
    expect(now.body).toMatchObject({ version, purposes: ['TREAT'], ...reporting, claims, suspended: [] });
    const then = await gatewayOf(gamma).send(`/api/rules/${String(rulesVersion)}`);
    expect(then.body).toMatchObject({ version: rulesVersion, purposes: newRules().purposes, legalBases: [], claims: defaultClaimRules });
    expect((await gatewayOf(gamma).send(`/api/rules/${String(version + 1)}`)).body.code).toBe('RESOURCE_NOT_FOUND');
  });

  it('a suspended member gets nothing any more: its requests are refused, what it asked for before is too', async () => {
    let requestId = '';
    gatewayOf(alpha).carrier.hook = async (step, { transaction }) => {
      if (step !== 'endorse' || transaction !== 'DecideRelease') return;
      gatewayOf(alpha).carrier.hook = () => undefined;
      await change({ suspended: [BETA] });
    };
    const asked = (await ask(gatewayOf(beta), patient.relationRef, ['laboratory'], { wait: 30 })).body;
    requestId = asked.requestId;
    expect(asked.status).toBe('refused');
    expect(await readDecision(requestId)).toMatchObject({ outcome: 'refused', rulesVersion: version, reason: 'organisation-suspended' });
    const next = await ask(gatewayOf(beta), patient.relationRef, ['laboratory']);
    expect([next.status, next.body.code]).toEqual([422, 'ORGANISATION_NOT_ACTIVE']);
    const { body } = await gatewayOf(gamma).send('/api/organisations');
    expect(body.organisations.find(({ mspId }: { mspId: string }) => mspId === 'BetaMSP')).toMatchObject({ status: 'suspended' });
  }, 60_000);

  it('a decision that is not delivered when its counterparty is suspended is withdrawn', async () => {
    let isChanged = false;
    gatewayOf(alpha).carrier.hook = async (step, { transaction }) => {
      if (isChanged || step !== 'send' || transaction !== 'DeliverRecords') return;
      isChanged = true;
      await change({ suspended: [BETA] });
    };
    const { body } = await ask(gatewayOf(beta), patient.relationRef, ['laboratory'], { wait: 10 });
    gatewayOf(alpha).carrier.hook = () => undefined;
    expect(body.status).toBe('withdrawn');
    expect(gatewayOf(alpha).store.facts.list('delivery', patient.relationRef)).toEqual([]);
  }, 60_000);

  it('the patient revokes through the gateway of a suspended member', async () => {
    await change({ suspended: [BETA] });
    expect((await patient.revoke('BetaMSP')).status).toBe(201);
  });

  it('what the law asks for is released without her consent, no more than that, and she sees it as such', async () => {
    await change(reporting);
    await patient.revoke('BetaMSP');
    const reported = (await askToReport()).body;
    expect(reported).toMatchObject({ status: 'released', records: 2 });
    expect(await readDecision(reported.requestId)).toMatchObject({
      basis: 'legal-basis',
      reason: 'legal-basis',
      purpose: 'THREAT',
      records: 2,
    });
    const { body } = await gatewayOf(beta).send(`/api/releases/${reported.requestId as string}`, {
      token: await gatewayOf(beta).token('public-health-officer'),
    });
    expect(body.resources.map(({ category }: { category: string }) => category)).toEqual(['laboratory', 'laboratory']);
    const treated = (await ask(gatewayOf(beta), patient.relationRef, ['laboratory'])).body;
    expect(treated.status).toBe('refused');
    expect(await readDecision(treated.requestId)).toMatchObject({ basis: null, reason: 'consent-revoked' });
  });
});
