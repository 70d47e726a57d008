import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { castStory, stepNames, tellStory, GatewayClient, type Member, type Plot, type Stage, type StepReport } from '../src/story';
import type { Answers } from '../src/story/answers';
import type { Wallet } from '../src/wallet';
import { members, TestConsortium } from './support/test-consortium';

const sample = readFileSync(join(__dirname, '../samples/diabetes-follow-up.json'), 'utf8');
const plan = readFileSync(join(__dirname, '../samples/demonstration-plan.json'), 'utf8');
const synthea = join(__dirname, '../../../shared/data/synthea');

describe('the story', () => {
  const consortium = new TestConsortium();

  beforeAll(async () => {
    await consortium.start();
  }, 30_000);

  afterAll(async () => {
    await consortium.stop();
  });

  const newClient = ({ gateway }: Member): GatewayClient => new GatewayClient(gateway);
  const tell = async (
    bundle: string,
    clientOf = newClient,
  ): Promise<{ plot: Plot | undefined; reports: StepReport[]; saved: Wallet[] }> => {
    const reports: StepReport[] = [];
    const saved: Wallet[] = [];
    const cast = castStory(members.map((member): Member => ({ ...member, gateway: consortium.gateway(member.mspId).url })));
    const stage: Stage = {
      cast,
      clientOf,
      tokenOf: ({ mspId }, role) => consortium.gateway(mspId).token(role),
      bundle,
      plan,
      saveWallet: async (wallet) => void saved.push(wallet),
    };
    const plot = await tellStory(stage, { begins: () => undefined, ends: (report) => reports.push(report) });
    return { plot, reports, saved };
  };

  const outcomeOf = (reports: readonly StepReport[], name: string): Extract<StepReport, { ok: true }>['outcome'] => {
    const report = reports.find((one) => one.name === name);
    if (report?.ok !== true) throw new Error(`${name} did not hold: ${String(report?.ok === false ? report.error : 'it did not run')}`);
    return report.outcome;
  };
  const findingsOf = (reports: readonly StepReport[], name: string): Record<string, unknown> => outcomeOf(reports, name).findings;
  const remarksOf = (reports: readonly StepReport[], name: string): readonly string[] => outcomeOf(reports, name).remarks;

  it('holds in every step, in the order of the names, with the sample bundle', async () => {
    const { plot, reports, saved } = await tell(sample);
    expect(reports.map(({ name, ok }) => [name, ok])).toEqual(stepNames.map((name) => [name, true]));
    expect(findingsOf(reports, 'import')).toMatchObject({ resources: 29, ofSubject: 27 });
    expect(findingsOf(reports, 'refuse')).toMatchObject({ refusal: { code: 'NOT_PERMITTED' } });
    expect(findingsOf(reports, 'consent')).toMatchObject({
      categories: expect.arrayContaining(['allergies', 'laboratory', 'medications']) as unknown,
    });
    expect(findingsOf(reports, 'release')).toMatchObject({ released: 12, consentVersion: 2 });
    expect(findingsOf(reports, 'outsider')).toMatchObject({ refusal: { code: 'NOT_PERMITTED' }, by: 'GammaMSP' });
    const totals = { submitted: 12_916, benefit: 12_916, memberliability: 0 };
    expect(findingsOf(reports, 'claim')).toMatchObject({ status: 'complete', verdict: 'agrees', totals });
    expect(remarksOf(reports, 'claim').join('\n')).toContain('Of 129.16: the plan pays 129.16');
    expect(findingsOf(reports, 'double-claim')).toMatchObject({ duplicates: 1, status: 'queued', verdict: 'agrees' });
    expect(findingsOf(reports, 'revoke')).toMatchObject({ refusal: { code: 'NOT_PERMITTED' }, msToRefusal: expect.any(Number) as unknown });
    expect(findingsOf(reports, 'history')['requests']).toMatchObject([
      { by: 'BetaMSP', outcome: 'refused', reason: 'no-permit' },
      { by: 'BetaMSP', outcome: 'released', records: 12, reason: 'permitted' },
      { by: 'GammaMSP', outcome: 'refused' },
      { by: 'BetaMSP', outcome: 'refused', reason: 'consent-revoked' },
    ]);
    expect(saved.at(-1)).toEqual(plot!.wallet);
  }, 60_000);

  it('waits for a custodian that learns of the last decision later than the member that asked', async () => {
    let late = 0;
    const { reports } = await tell(sample, (member) => {
      const client = newClient(member);
      const get = client.get.bind(client);
      client.get = async <T>(...args: Parameters<typeof get>): Promise<T> => {
        const answer = await get<T>(...args);
        const entries = (answer as Partial<Answers['history']>).entries;
        const isLast = entries?.filter(({ kind }) => kind === 'decision').length === 4 && late++ < 2;
        return isLast ? { ...answer, entries: entries.filter(({ kind }) => kind !== 'decision') } : answer;
      };
      return client;
    });
    expect(late).toBeGreaterThan(2);
    expect(reports.map(({ name, ok }) => [name, ok])).toEqual(stepNames.map((name) => [name, true]));
  }, 60_000);

  it('can be told again on the same ledger, with another patient and the organisations that are there already', async () => {
    const first = await tell(sample);
    const second = await tell(sample);
    expect(second.reports.every(({ ok }) => ok)).toBe(true);
    expect(second.plot!.subjectRef).not.toBe(first.plot!.subjectRef);
    expect(findingsOf(second.reports, 'import')).toMatchObject({ resources: 29, ofSubject: 27 });
  }, 60_000);

  it('ends at the step that does not hold, with the code of the gateway and the place in the bundle', async () => {
    const { plot, reports } = await tell(sample.replace('"method": "POST"', '"method": "DELETE"'));
    expect(plot).toBeUndefined();
    expect(reports.map(({ name, ok }) => [name, ok])).toEqual([
      ['register', true],
      ['import', false],
    ]);
    expect(reports.at(-1)).toMatchObject({ error: { code: 'BUNDLE_NOT_SUPPORTED', place: 'entry[0].request.method' } });
  }, 60_000);

  it.each(['', 'no JSON', '[]', '{"resourceType":"Patient"}', '{"resourceType":"Bundle","type":"transaction","entry":[]}'])(
    'refuses %j as a bundle with a code',
    async (bundle) => {
      const { reports } = await tell(bundle);
      expect(reports.at(-1)).toMatchObject({
        name: 'import',
        ok: false,
        error: { code: expect.stringMatching(/^(BUNDLE|REQUEST)_/) as unknown },
      });
    },
    60_000,
  );

  if (existsSync(synthea)) {
    it('holds with a bundle that somebody else made', async () => {
      const { reports } = await tell(readFileSync(join(synthea, 'Clemente_Kreiger.json'), 'utf8'));
      expect(reports.map(({ name, ok }) => [name, ok])).toEqual(stepNames.map((name) => [name, true]));
    }, 60_000);
  } else {
    it.todo(`holds with a bundle that somebody else made: not told, for ${synthea} is not there`);
  }

  it('needs two hospitals and an insurer, whatever they are called', () => {
    const named = (role: string, mspId: string): Member => ({ name: mspId, title: mspId, mspId, role, gateway: 'http://x.test' });
    const cast = castStory([named('insurer', 'A'), named('hospital', 'B'), named('authority', 'C'), named('hospital', 'D')]);
    expect([cast.custodian.mspId, cast.counterparty.mspId, cast.outsider.mspId]).toEqual(['B', 'D', 'A']);
    expect(() => castStory([named('hospital', 'A'), named('insurer', 'B')])).toThrow(
      expect.objectContaining({ code: 'STORY_NEEDS_ORGANISATIONS' }) as Error,
    );
  });
});
