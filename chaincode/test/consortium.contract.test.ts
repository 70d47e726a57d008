import { organisationKey } from '../src/model';
import { ConsortiumTwin, ENDORSEMENT_POLICY_FAILURE, OK, refusalOf } from './support/consortium-twin';
import { AUTHORITY, CLINIC, HOSPITAL, INSURER, MEMBERS, newConsortium, organisationKeys } from './support/story';

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
