import { rulesKey, type MspId, type Rules } from '../src/model';
import { ConsortiumTwin, ENDORSEMENT_POLICY_FAILURE, MVCC_READ_CONFLICT, OK, refusalOf, type Endorsed } from './support/consortium-twin';
import { AUTHORITY, CLINIC, HOSPITAL, INSURER, MEMBERS, newConsortium, RULES } from './support/story';
import { approveRules, changeRules, THREE, type RulesChange } from './support/rules-changes';

const TWO = [HOSPITAL, CLINIC];
const NEXT: RulesChange = { ...RULES, version: 2, purposes: ['TREAT', 'PUBHLTH'] };

async function adopt(
  twin: ConsortiumTwin,
  change: RulesChange,
  approvedBy: readonly MspId[] = THREE,
  by: MspId = HOSPITAL,
): Promise<Rules> {
  return twin.submit(await twin.identity(by, 'admin'), 'AdoptRules', { ...change, approvedBy });
}

async function endorseAdoption(
  twin: ConsortiumTwin,
  change: RulesChange,
  approvedBy: readonly MspId[],
  endorsers?: readonly MspId[],
): Promise<Endorsed> {
  const args = ['AdoptRules', JSON.stringify({ ...change, approvedBy })];
  return twin.endorse(await twin.identity(HOSPITAL, 'admin'), args, endorsers === undefined ? {} : { endorsers });
}

describe('the first version of the rules', () => {
  test('is adopted by an admin of any member', async () => {
    const twin = new ConsortiumTwin(MEMBERS);
    const rules = await twin.submit(await twin.identity(INSURER, 'admin'), 'AdoptRules', RULES);
    expect(rules).toEqual({ ...RULES, adoptedAt: twin.clock });
    expect(twin.state(rulesKey())).toEqual(rules);
  });

  test('names the member that adopts it, and suspends nobody', async () => {
    const twin = new ConsortiumTwin(MEMBERS);
    const insurer = await twin.identity(INSURER, 'admin');
    const { [INSURER]: _, ...roles } = RULES.roles;
    const refusals = [
      await refusalOf(twin.submit(insurer, 'AdoptRules', { ...RULES, roles })),
      await refusalOf(twin.submit(insurer, 'AdoptRules', { ...RULES, suspended: [CLINIC] })),
    ];
    expect(refusals.map(({ details }) => details)).toMatchObject([{ place: 'request.roles' }, { place: 'request.suspended' }]);
    expect(await refusalOf(twin.submit(insurer, 'AdoptRules', NEXT))).toEqual({ code: 'RULES_VERSION_SKIPPED', details: { version: 0 } });
  });

  test('is answered the same again, without a write', async () => {
    const twin = await newConsortium();
    const { simulation } = await twin.endorse(await twin.identity(HOSPITAL, 'admin'), ['AdoptRules', JSON.stringify(RULES)]);
    expect(JSON.parse(simulation.payload)).toEqual(twin.state(rulesKey()));
    expect(simulation.rwset.writes).toEqual({});
    expect(simulation.event).toBeUndefined();
  });

  test('is answered the same again when later ones are in force, so that a start may repeat it', async () => {
    const twin = await newConsortium();
    const first = twin.state(rulesKey());
    await changeRules(twin, NEXT);
    const answer = await twin.submit(await twin.identity(AUTHORITY, 'admin'), 'AdoptRules', RULES);
    expect(answer).toEqual(first);
    expect(twin.state(rulesKey())).toMatchObject({ version: 2 });
  });

  test('is refused with other content', async () => {
    const twin = await newConsortium();
    const other = { ...RULES, deadlines: { ...RULES.deadlines, decisionMinutes: 11 } };
    const refusal = await refusalOf(twin.submit(await twin.identity(HOSPITAL, 'admin'), 'AdoptRules', other));
    expect(refusal).toEqual({ code: 'RULES_ALREADY_ADOPTED', details: { version: 1 } });
  });

  test('is there before anything that needs it', async () => {
    const twin = new ConsortiumTwin(MEMBERS);
    expect((await refusalOf(twin.evaluate(await twin.identity(CLINIC), 'GetRules', {}))).code).toBe('RULES_NOT_ADOPTED');
    const approval = twin.endorse(await twin.identity(CLINIC, 'admin'), ['ApproveRules', JSON.stringify(RULES)], { endorsers: [CLINIC] });
    expect((await refusalOf(approval)).code).toBe('RULES_NOT_ADOPTED');
  });
});

describe('a change of the rules', () => {
  test('takes the approval of a majority, and every version stays readable', async () => {
    const twin = await newConsortium();
    twin.clock = '2026-03-02T08:00:00.000Z';
    expect(await changeRules(twin, NEXT)).toEqual({ ...NEXT, adoptedAt: twin.clock });
    const reader = await twin.identity(AUTHORITY);
    expect(await twin.evaluate(reader, 'GetRules', {})).toMatchObject({ version: 2, purposes: ['TREAT', 'PUBHLTH'] });
    expect(await twin.evaluate(reader, 'GetRules', { version: 1 })).toMatchObject({ version: 1, purposes: RULES.purposes });
    const unknown = await refusalOf(twin.evaluate(reader, 'GetRules', { version: 3 }));
    expect(unknown).toEqual({ code: 'RULES_NOT_FOUND', details: { version: 3 } });
  });

  test('is not made by two of four, whoever carries it out', async () => {
    const twin = await newConsortium();
    await approveRules(twin, NEXT, TWO);
    for (const approvedBy of [TWO, THREE, MEMBERS]) {
      const refusal = await refusalOf(endorseAdoption(twin, NEXT, approvedBy, [AUTHORITY]));
      expect(refusal).toEqual({ code: 'RULES_NOT_APPROVED', details: { version: 2, approvals: 2, needed: 3 } });
    }
  });

  test('counts a member once', async () => {
    const twin = await newConsortium();
    await approveRules(twin, NEXT, TWO);
    expect((await refusalOf(endorseAdoption(twin, NEXT, [HOSPITAL, CLINIC, CLINIC]))).code).toBe('REQUEST_INVALID');
  });

  test('does not count an approval of other content, nor one that was replaced', async () => {
    const twin = await newConsortium();
    await approveRules(twin, NEXT, TWO);
    await approveRules(twin, { ...NEXT, purposes: ['TREAT'] }, [INSURER]);
    expect((await refusalOf(adopt(twin, NEXT))).details).toMatchObject({ approvals: 2 });
    await approveRules(twin, NEXT, [INSURER]);
    await approveRules(twin, { ...NEXT, purposes: ['PUBHLTH'] }, [HOSPITAL]);
    expect((await refusalOf(adopt(twin, NEXT))).details).toMatchObject({ approvals: 2 });
  });

  test('does not count an approval of another version: a change that came too late is approved anew', async () => {
    const twin = await newConsortium();
    const late: RulesChange = { ...NEXT, purposes: ['PUBHLTH'] };
    await approveRules(twin, late, [AUTHORITY]);
    await changeRules(twin, NEXT);
    const again = { ...late, version: 3 };
    await approveRules(twin, again, TWO);
    const members = [...TWO, AUTHORITY];
    expect((await refusalOf(adopt(twin, late, members))).code).toBe('RULES_ALREADY_ADOPTED');
    expect((await refusalOf(adopt(twin, again, members))).details).toEqual({ version: 3, approvals: 2, needed: 3 });
    await approveRules(twin, again, [AUTHORITY]);
    expect(await adopt(twin, again, members)).toMatchObject({ version: 3, purposes: ['PUBHLTH'] });
  });

  test('is the next version and no later one', async () => {
    const twin = await newConsortium();
    const skipped = { ...NEXT, version: 3 };
    const refusal = { code: 'RULES_VERSION_SKIPPED', details: { version: 1 } };
    expect(await refusalOf(approveRules(twin, skipped))).toEqual(refusal);
    expect(await refusalOf(adopt(twin, skipped))).toEqual(refusal);
    expect(await refusalOf(approveRules(twin, RULES))).toEqual({ code: 'RULES_ALREADY_ADOPTED', details: { version: 1 } });
  });

  test('is made once: a replay answers what stands and writes nothing', async () => {
    const twin = await newConsortium();
    const rules = await changeRules(twin, NEXT);
    const { simulation } = await endorseAdoption(twin, NEXT, THREE);
    expect(JSON.parse(simulation.payload)).toEqual(rules);
    expect(simulation.rwset.writes).toEqual({});
  });

  test('is approved for a member by nobody else', async () => {
    const twin = await newConsortium();
    const args = ['ApproveRules', JSON.stringify(NEXT)];
    const approval = await twin.endorse(await twin.identity(INSURER, 'admin'), args, { endorsers: [HOSPITAL, CLINIC, AUTHORITY] });
    expect(twin.commit(approval)).toBe(ENDORSEMENT_POLICY_FAILURE);
    const physician = await twin.identity(INSURER, 'physician');
    expect((await refusalOf(twin.endorse(physician, args, { endorsers: [INSURER] }))).code).toBe('CALLER_NOT_ALLOWED');
  });

  test('is written with the endorsement of a majority, not by two of four', async () => {
    const twin = await newConsortium();
    await approveRules(twin, NEXT);
    expect(twin.commit(await endorseAdoption(twin, NEXT, THREE, TWO))).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(twin.commit(await endorseAdoption(twin, NEXT, THREE, [HOSPITAL, CLINIC, AUTHORITY]))).toBe(OK);
  });

  test('is not held up by a member that did not approve it', async () => {
    const twin = await newConsortium();
    const suspension = { ...RULES, version: 2, suspended: [AUTHORITY] };
    await approveRules(twin, suspension);
    const adoption = await endorseAdoption(twin, suspension, THREE);
    await approveRules(twin, NEXT, [AUTHORITY]);
    expect(twin.commit(adoption)).toBe(OK);
  });

  test('is void when an approval that it counts is replaced before it commits', async () => {
    const twin = await newConsortium();
    await approveRules(twin, NEXT);
    const adoption = await endorseAdoption(twin, NEXT, THREE);
    await approveRules(twin, { ...NEXT, purposes: ['TREAT'] }, [INSURER]);
    expect(twin.commit(adoption)).toBe(MVCC_READ_CONFLICT);
  });

  test('shows who has approved it', async () => {
    const twin = await newConsortium();
    await approveRules(twin, NEXT, TWO);
    const shown = await twin.evaluate(await twin.identity(AUTHORITY), 'GetRulesApprovals', NEXT);
    expect(shown).toMatchObject({ version: 2, needed: 3 });
    expect(shown.approvals.filter(({ approved }) => approved).map(({ mspId }) => mspId)).toEqual(TWO);
    expect(shown.approvals).toHaveLength(4);
    const other = await twin.evaluate(await twin.identity(AUTHORITY), 'GetRulesApprovals', { ...NEXT, suspended: [INSURER] });
    expect(other.approvals.some(({ approved }) => approved)).toBe(false);
    expect(other.change).not.toBe(shown.change);
  });

  test('gives a new member a voice from the next change on', async () => {
    const fifth = 'EpsilonMSP' as MspId;
    const five = [...MEMBERS, fifth];
    const twin = await newConsortium(five);
    const joined: RulesChange = { ...RULES, version: 2, roles: { ...RULES.roles, [fifth]: 'hospital' } };
    expect((await refusalOf(approveRules(twin, joined, [fifth]))).code).toBe('RULES_VOTE_NOT_COUNTED');
    await changeRules(twin, joined);
    const next = { ...joined, version: 3, purposes: ['PUBHLTH' as const] };
    await changeRules(twin, next, [fifth, CLINIC, AUTHORITY]);
    expect(twin.state(rulesKey())).toMatchObject({ version: 3 });
  });
});

describe('a suspension', () => {
  const suspending = (version: number, ...suspended: readonly MspId[]): RulesChange => ({ ...RULES, version, suspended: [...suspended] });

  test('takes the vote: the suspended member neither approves nor carries out a change', async () => {
    const twin = await newConsortium();
    await changeRules(twin, suspending(2, INSURER));
    const back = suspending(3);
    const refusal = { code: 'RULES_VOTE_NOT_COUNTED', details: { mspId: INSURER } };
    expect(await refusalOf(approveRules(twin, back, [INSURER]))).toEqual(refusal);
    await approveRules(twin, back, TWO);
    expect(await refusalOf(adopt(twin, back, THREE))).toEqual(refusal);
    expect(await refusalOf(adopt(twin, back, TWO, INSURER))).toEqual(refusal);
  });

  test('does not lower the majority: two of the three that are left change nothing', async () => {
    const twin = await newConsortium();
    await changeRules(twin, suspending(2, INSURER));
    const back = suspending(3);
    await approveRules(twin, back, TWO);
    expect((await refusalOf(adopt(twin, back, TWO))).details).toEqual({ version: 3, approvals: 2, needed: 3 });
    await approveRules(twin, back, [AUTHORITY]);
    const all = [HOSPITAL, CLINIC, AUTHORITY];
    const adoption = await endorseAdoption(twin, back, all);
    expect(twin.validate(adoption.simulation.rwset, [HOSPITAL, CLINIC, INSURER])).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(await adopt(twin, back, all)).toMatchObject({ version: 3, suspended: [] });
  });

  test('never goes so far that nobody could end it', async () => {
    const twin = await newConsortium();
    const refusal = await refusalOf(approveRules(twin, suspending(2, INSURER, AUTHORITY)));
    expect(refusal).toMatchObject({ code: 'REQUEST_INVALID', details: { place: 'request.suspended' } });
    const stranger = await refusalOf(approveRules(twin, suspending(2, 'ZetaMSP' as MspId)));
    expect(stranger).toMatchObject({ code: 'REQUEST_INVALID', details: { place: 'request.suspended' } });
  });
});
