import { consentKey, parseSigned, type ConsentDocument } from '../src/model';
import { OK, refusalOf, type ConsortiumTwin } from './support/consortium-twin';
import { endorseDecision, endorseDelivery } from './support/release-steps';
import { ask, HOSPITAL, INSURER, newConsortium, newScene, openingOf, type Scene } from './support/story';
import { Patient } from './support/wallet';

describe('the versions of a consent', () => {
  let twin: ConsortiumTwin;
  let scene: Scene;
  let newest: { readonly version: number; readonly document: ConsentDocument };

  /** Versions up to a number, the last with the document of the scene's sets; those between are never looked at. */
  const grow = (version: number): void => {
    const { relation } = scene;
    const document = relation.document(version, scene.document.sets);
    const jws = relation.consent(version, { with: document });
    const entry = JSON.stringify({ ...parseSigned('consent', jws, 'consent').payload, jws, recordedAt: twin.clock });
    for (let at = newest.version + 1; at <= version; at += 1) twin.forge(consentKey(relation.relationRef, at), entry);
    newest = { version, document };
  };

  /** How often chaincode asks its peers for a key or its history while it runs. */
  const readsOf = async (run: () => Promise<unknown>): Promise<number> => {
    const spies = [jest.spyOn(twin.world.values, 'get'), jest.spyOn(twin.world.history, 'get')];
    await run();
    const reads = spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
    for (const spy of spies) spy.mockRestore();
    return reads;
  };

  beforeEach(async () => {
    twin = await newConsortium();
    scene = await newScene(twin, new Patient(HOSPITAL));
    newest = { version: 2, document: scene.document };
  });

  test('cost a decision, a delivery and the next version the same number of reads, be they 10, 1,000 or 100,000', async () => {
    const costs: object[] = [];
    for (const versions of [10, 1_000, 100_000]) {
      grow(versions);
      const { version, document } = newest;
      const request = await ask(twin, scene.relation);
      const input = openingOf(scene.relation, document, [scene.laboratory], request);
      const decision = await readsOf(async () => endorseDecision(twin, request, input, { version }));
      expect(twin.commit(await endorseDecision(twin, request, input, { version }))).toBe(OK);
      const delivery = await readsOf(async () => endorseDelivery(twin, request));
      const args = ['RecordConsent', JSON.stringify({ consent: scene.relation.consent(version + 1) })];
      const insurer = await twin.identity(INSURER);
      const next = await readsOf(async () => twin.endorse(insurer, args, { endorsers: [INSURER, HOSPITAL] }));
      costs.push({ decision, delivery, next });
    }
    expect(costs[1]).toEqual(costs[0]);
    expect(costs[2]).toEqual(costs[0]);
  });

  test('hide no closing among them, however many others wrote after it', async () => {
    const { relation, laboratory } = scene;
    const closing = relation.consent(3, { status: 'closed', document: null }, relation.keys.recovery);
    await twin.submit(await twin.identity(INSURER), 'RecordConsent', { consent: closing });
    newest = { ...newest, version: 3 };
    grow(1_000);
    const request = await ask(twin, relation);
    const input = openingOf(relation, newest.document, [laboratory], request);
    expect((await refusalOf(endorseDecision(twin, request, input, { version: 1_000 }))).code).toBe('RELATION_CLOSED');
  });
});
