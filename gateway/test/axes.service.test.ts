import { formatInstant, type ConsentException, type ConsentSet } from '@medaccord/chaincode/model';
import { openNotice } from '../src/wallet';
import { TestConsortium } from './support/test-consortium';
import { ask, newBundle, TestPatient } from './support/test-patient';

describe('a consent that names whom and what', () => {
  const consortium = new TestConsortium();
  const patient = new TestPatient(consortium, 'AlphaMSP');
  let records: readonly string[];

  const permit = (exception: Partial<ConsentException>): ConsentSet => ({
    base: 'deny',
    exceptions: [{ decision: 'permit', categories: ['laboratory'], ...exception }],
  });
  /** How a request of a person with these claims ends, and of how many records. */
  const askAs = async (subject: string, more: { department?: string; teams?: readonly string[] } = {}): Promise<string> => {
    const beta = consortium.gateway('BetaMSP');
    const token = await beta.token('physician', subject, 600, more);
    const { body } = await ask(beta, patient.relationRef, ['laboratory'], { token });
    return body.status === 'released' ? `released ${String(body.records)}` : body.status;
  };

  beforeAll(async () => {
    await consortium.start();
    await patient.register();
    const { resources } = (await patient.import(newBundle(3))).body as { resources: { recordId: string; category: string }[] };
    records = resources.filter(({ category }) => category === 'laboratory').map(({ recordId }) => recordId);
    await patient.checkIn('BetaMSP');
  }, 30_000);

  afterAll(async () => {
    await consortium.stop();
  });

  it('opens to the departments that it names, as the token of who asks attests them', async () => {
    await patient.consentTo('BetaMSP', [permit({ departments: ['cardiology'] })]);
    expect(await askAs('lee', { department: 'cardiology' })).toBe('released 3');
    expect(await askAs('kim', { department: 'dentistry' })).toBe('refused');
    expect(await askAs('unknown')).toBe('refused');
  });

  it('closes to one that it excludes, and to who attests none', async () => {
    await patient.consentTo('BetaMSP', [permit({ not: { departments: ['dentistry'] } })]);
    expect(await askAs('lee', { department: 'cardiology' })).toBe('released 3');
    expect(await askAs('kim', { department: 'dentistry' })).toBe('refused');
    expect(await askAs('unknown')).toBe('refused');
  });

  it('opens to persons and care teams by name', async () => {
    await patient.consentTo('BetaMSP', [permit({ persons: ['lee'] }), permit({ teams: ['heart'] })]);
    expect(await askAs('lee', { teams: ['heart', 'other'] })).toBe('released 3');
    expect(await askAs('lee', { teams: [] })).toBe('refused');
    expect(await askAs('kim', { teams: ['heart'] })).toBe('refused');
  });

  it('opens all records but one, and only those of a time', async () => {
    const [kept = ''] = records;
    await patient.consentTo('BetaMSP', [permit({ not: { records: [kept] as never } })]);
    expect(await askAs('lee')).toBe('released 2');
    const year = (from: number): ConsentException['dataPeriod'] => ({
      from: formatInstant(Date.UTC(from)),
      until: formatInstant(Date.UTC(from + 1)),
    });
    await patient.consentTo('BetaMSP', [permit({ dataPeriod: year(2025) as never })]);
    expect(await askAs('lee')).toBe('released 3');
    await patient.consentTo('BetaMSP', [permit({ dataPeriod: year(2024) as never })]);
    expect(await askAs('lee')).toBe('refused');
  });

  it('tells the patient who asked, and why not', async () => {
    await patient.consentTo('BetaMSP', [{ base: 'permit', exceptions: [{ decision: 'deny', persons: ['kim'] }] }]);
    expect(await askAs('kim')).toBe('refused');
    const token = await patient.token('AlphaMSP');
    const history = await consortium.gateway('AlphaMSP').send(`/api/relations/${patient.relationRef}/history`, { token });
    const sealed = history.body.entries.findLast(({ notice }: { notice?: string }) => typeof notice === 'string');
    const notice = await openNotice(patient.wallet, patient.relationRef, sealed.requestId, sealed.notice);
    expect(notice).toMatchObject({ outcome: 'refused', reason: 'denied', person: { person: 'kim', role: 'physician', department: null } });
  });

  it('takes a repeat for one, whatever the new token says of the same person', async () => {
    const beta = consortium.gateway('BetaMSP');
    const requestIds = [];
    for (const department of ['cardiology', 'dentistry']) {
      const token = await beta.token('physician', 'lee', 600, { department });
      requestIds.push((await ask(beta, patient.relationRef, ['laboratory'], { token, key: 'the-same' })).body.requestId);
    }
    expect(requestIds[1]).toBe(requestIds[0]);
  });

  it('takes no token with a department that is no name', async () => {
    const beta = consortium.gateway('BetaMSP');
    for (const claims of [{ department: '' }, { department: 'a\nb' }, { teams: ['heart', 'heart'] }, { department: 7 as never }]) {
      const token = await beta.token('physician', 'lee', 600, claims);
      expect((await ask(beta, patient.relationRef, ['laboratory'], { token })).body).toMatchObject({ code: 'TOKEN_INVALID' });
    }
  });
});
