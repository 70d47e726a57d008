import type { MspId, TransactionResponse } from '../src/model';
import { MVCC_READ_CONFLICT, OK, refusalOf, type ConsortiumTwin, type Endorsed } from './support/consortium-twin';
import { approveRules, changeRules } from './support/rules-changes';
import { endorseDecision, endorseDelivery } from './support/release-steps';
import {
  ask,
  AUTHORITY,
  CLINIC,
  HOSPITAL,
  INSURER,
  newConsortium,
  newScene,
  openingOf,
  RULES,
  sealedText,
  type Scene,
} from './support/story';
import { Patient } from './support/wallet';

type Request = TransactionResponse<'RequestAccess'>['request'];

const othersOf = (mspId: MspId): MspId[] => [HOSPITAL, CLINIC, INSURER, AUTHORITY].filter((other) => other !== mspId);

describe.each([
  ['the counterparty', CLINIC],
  ['the custodian', HOSPITAL],
])('when %s is suspended', (_, suspended) => {
  let twin: ConsortiumTwin;
  let scene: Scene;
  let request: Request;

  const decide = (of: Request = request, rulesVersion = 1): Promise<Endorsed> =>
    endorseDecision(twin, of, openingOf(scene.relation, scene.document, [scene.laboratory], of, { change: { rulesVersion } }));
  const deliver = (): Promise<Endorsed> => endorseDelivery(twin, request);
  const suspend = async (): Promise<void> => {
    await changeRules(twin, { ...RULES, version: 2, suspended: [suspended] }, othersOf(suspended));
  };
  const refusal = { code: 'ORGANISATION_NOT_ACTIVE', details: { mspId: suspended } };

  beforeEach(async () => {
    twin = await newConsortium();
    scene = await newScene(twin, new Patient(HOSPITAL));
    request = await ask(twin, scene.relation);
  });

  test('nothing is decided any more from that block on, and a decision endorsed before it is void', async () => {
    const late = await decide();
    await suspend();
    expect(twin.commit(late)).toBe(MVCC_READ_CONFLICT);
    expect(await refusalOf(decide())).toEqual(refusal);
  });

  test('what was decided and not delivered is withdrawn', async () => {
    expect(twin.commit(await decide())).toBe(OK);
    const late = await deliver();
    await suspend();
    expect(twin.commit(late)).toBe(MVCC_READ_CONFLICT);
    expect(await refusalOf(deliver())).toEqual(refusal);
  });

  test('it asks for nothing new; what it asked for before is answered the same', async () => {
    const { relationRef, requestId, purpose, ask: asked } = await ask(twin, scene.relation, suspended);
    await suspend();
    expect(await refusalOf(ask(twin, scene.relation, suspended))).toEqual(refusal);
    const again = { relationRef, requestId, purpose, proof: null, ask: asked };
    const { request: standing } = await twin.submit(await twin.identity(suspended, 'physician'), 'RequestAccess', again);
    expect(standing.requestId).toBe(requestId);
  });

  test('the request is refused with the version of the rules that says so', async () => {
    await suspend();
    const { relationRef, requestId } = request;
    const sending = { input: { notice: sealedText('notice') }, endorsers: [HOSPITAL, AUTHORITY] };
    const gateway = await twin.identity(HOSPITAL, 'gateway');
    const decision = await twin.submit(gateway, 'RefuseAccess', { relationRef, requestId, consentVersion: 2 }, sending);
    expect(decision).toMatchObject({ outcome: 'refused', rulesVersion: 2, basis: null });
  });

  test('the patient gives and revokes consent through its gateway all the same', async () => {
    await suspend();
    const member = await twin.identity(suspended);
    const consent = scene.relation.consent(3, { status: 'revoked', document: null });
    expect(await twin.submit(member, 'RecordConsent', { consent })).toMatchObject({ version: 3, status: 'revoked' });
  });

  test('its grants are open again once a majority takes it back', async () => {
    await suspend();
    const back = { ...RULES, version: 3 };
    await approveRules(twin, back, othersOf(suspended));
    expect((await refusalOf(decide())).code).toBe('ORGANISATION_NOT_ACTIVE');
    await changeRules(twin, back, othersOf(suspended));
    expect(twin.commit(await decide(request, 3))).toBe(OK);
  });
});

test('two members that collude suspend nobody: their approvals end no grant', async () => {
  const twin = await newConsortium();
  const { relation } = await newScene(twin, new Patient(HOSPITAL));
  const suspension = { ...RULES, version: 2, suspended: [CLINIC] };
  const colluding = [INSURER, AUTHORITY];
  await approveRules(twin, suspension, colluding);
  const args = ['AdoptRules', JSON.stringify({ ...suspension, approvedBy: colluding })];
  const adoption = twin.endorse(await twin.identity(INSURER, 'admin'), args, { endorsers: [HOSPITAL] });
  expect((await refusalOf(adoption)).code).toBe('RULES_NOT_APPROVED');
  expect((await ask(twin, relation)).party).toBe(true);
});
