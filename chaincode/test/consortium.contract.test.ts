import { organisationKey, rulesKey } from '../src/model';
import { ConsortiumTwin, ENDORSEMENT_POLICY_FAILURE, OK, refusalOf } from './support/consortium-twin';
import { AUTHORITY, CLINIC, HOSPITAL, INSURER, MEMBERS, newConsortium, organisationKeys, RULES } from './support/story';

describe('the rules of the consortium', () => {
  test('an admin of any member adopts the first version', async () => {
    const twin = new ConsortiumTwin(MEMBERS);
    const rules = await twin.submit(await twin.identity(INSURER, 'admin'), 'AdoptRules', RULES);
    expect(rules).toEqual({ ...RULES, version: 1, suspended: [], adoptedAt: twin.clock });
    expect(twin.state(rulesKey())).toEqual(rules);
  });

  test('are adopted by a member that they name', async () => {
    const twin = new ConsortiumTwin(MEMBERS);
    const { [INSURER]: _, ...roles } = RULES.roles;
    const refusal = await refusalOf(twin.submit(await twin.identity(INSURER, 'admin'), 'AdoptRules', { ...RULES, roles }));
    expect(refusal).toMatchObject({ code: 'REQUEST_INVALID', details: { place: 'request.roles' } });
  });

  test('the same content again is answered the same and writes nothing', async () => {
    const twin = await newConsortium();
    const { simulation } = await twin.endorse(await twin.identity(HOSPITAL, 'admin'), ['AdoptRules', JSON.stringify(RULES)]);
    expect(JSON.parse(simulation.payload)).toEqual(twin.state(rulesKey()));
    expect(simulation.rwset.writes).toEqual({});
    expect(simulation.event).toBeUndefined();
  });

  test('other content is refused once rules are in force', async () => {
    const twin = await newConsortium();
    const other = { ...RULES, deadlines: { decisionMinutes: 11, recoveryHours: 72 } };
    const refusal = await refusalOf(twin.submit(await twin.identity(HOSPITAL, 'admin'), 'AdoptRules', other));
    expect(refusal).toEqual({ code: 'RULES_ALREADY_ADOPTED', details: { version: 1 } });
  });

  test('without rules nothing that needs them is recorded', async () => {
    const twin = new ConsortiumTwin(MEMBERS);
    expect((await refusalOf(twin.evaluate(await twin.identity(CLINIC), 'GetRules', {}))).code).toBe('RULES_NOT_ADOPTED');
  });

  test('the rules are changed by a majority of the members, not by two of four', async () => {
    const twin = await newConsortium();
    const rwset = { reads: {}, writes: { [rulesKey()]: 'e30=' }, policies: {}, hashedReads: {}, privateWrites: {} };
    expect(twin.validate(rwset, [HOSPITAL, CLINIC])).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(twin.validate(rwset, [HOSPITAL, CLINIC, INSURER])).toBe(OK);
  });
});

describe('an organisation', () => {
  test('registers its own keys and shows them to everybody', async () => {
    const twin = await newConsortium();
    const { organisations } = await twin.evaluate(await twin.identity(INSURER), 'GetOrganisations', {});
    expect(organisations.map(({ mspId }) => mspId).sort()).toEqual([...MEMBERS].sort());
    const hospital = await twin.evaluate(await twin.identity(INSURER), 'GetOrganisation', { mspId: HOSPITAL });
    expect(hospital).toEqual(twin.state(organisationKey(HOSPITAL)));
    expect(hospital.status).toBe('active');
  });

  test('cannot be registered without it', async () => {
    const twin = new ConsortiumTwin(MEMBERS);
    const args = ['RegisterOrganisation', JSON.stringify(organisationKeys())];
    const gateway = await twin.identity(HOSPITAL, 'gateway');
    expect(twin.commit(await twin.endorse(gateway, args, { endorsers: [CLINIC, INSURER] }))).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(twin.commit(await twin.endorse(gateway, args, { endorsers: [HOSPITAL] }))).toBe(ENDORSEMENT_POLICY_FAILURE);
    expect(twin.commit(await twin.endorse(gateway, args, { endorsers: [HOSPITAL, INSURER] }))).toBe(OK);
  });

  test('changes its keys alone, and nobody else does', async () => {
    const twin = await newConsortium();
    const args = ['RegisterOrganisation', JSON.stringify(organisationKeys())];
    const gateway = await twin.identity(HOSPITAL, 'gateway');
    expect(twin.commit(await twin.endorse(gateway, args, { endorsers: [HOSPITAL] }))).toBe(OK);
    const rwset = { reads: {}, writes: { [organisationKey(HOSPITAL)]: 'e30=' }, policies: {}, hashedReads: {}, privateWrites: {} };
    expect(twin.validate(rwset, [CLINIC, INSURER, AUTHORITY])).toBe(ENDORSEMENT_POLICY_FAILURE);
  });

  test('that is not registered is not found', async () => {
    const twin = new ConsortiumTwin(MEMBERS);
    const refusal = await refusalOf(twin.evaluate(await twin.identity(HOSPITAL), 'GetOrganisation', { mspId: HOSPITAL }));
    expect(refusal).toEqual({ code: 'ORGANISATION_NOT_FOUND', details: { mspId: HOSPITAL } });
  });
});
