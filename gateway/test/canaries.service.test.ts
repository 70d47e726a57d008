import { findCanaries, newCanaryBundle, readFolder } from './support/find-canaries';
import { TestConsortium } from './support/test-consortium';
import { ask, TestPatient } from './support/test-patient';

const encode = (text: string): Buffer => Buffer.from(text);

describe('what is in a bundle and in identity details', () => {
  const consortium = new TestConsortium();

  afterAll(async () => {
    await consortium.stop();
  });

  it('stands in no file, block, state, private collection, log or error, in no form', async () => {
    await consortium.start();
    const { bundle, canaries } = newCanaryBundle('service');
    const identity = { name: 'cnry-identity-name', birthDate: '1799-04-17', nationalId: 'cnry-national-id' };
    const patient = new TestPatient(consortium, 'AlphaMSP');
    await patient.register(identity);
    expect((await patient.import(bundle)).status).toBe(201);
    await patient.import({ ...bundle, type: 'cnry-wrong-type' });
    await patient.checkIn('BetaMSP');
    await patient.consent('BetaMSP', ['laboratory', 'conditions', 'demographics']);
    const { body } = await ask(consortium.gateway('BetaMSP'), patient.relationRef, ['laboratory', 'conditions', 'demographics']);
    const beta = consortium.gateway('BetaMSP');
    const release = await beta.send(`/api/releases/${body.requestId}`, { token: await beta.token('physician') });
    expect(
      findCanaries(canaries.slice(2, 4), [
        ['release', encode(release.body.resources.map(({ resource }: { resource: string }) => resource).join())],
      ]),
    ).not.toEqual([]);

    const { world } = consortium.ledger.twin;
    const haystacks: (readonly [string, Uint8Array])[] = [
      ...readFolder(consortium.folder),
      ...[...consortium.gateways].map(([mspId, { logged }]): [string, Uint8Array] => [`log of ${mspId}`, encode(logged.join(''))]),
      ['blocks', encode(JSON.stringify(consortium.ledger.blocks))],
      ['calls', encode(JSON.stringify([...consortium.ledger.calls.values()].map(({ transaction, request }) => [transaction, request])))],
      ['state', encode([...world.values].map(([key, { value }]) => key + value.toString('utf8')).join('\n'))],
      ...[...world.collections].map(([name, values]): [string, Uint8Array] => [
        name,
        encode([...values].map(([key, { value }]) => key + value.toString('utf8')).join('\n')),
      ]),
    ];
    expect(haystacks.length).toBeGreaterThan(15);
    expect(findCanaries([...canaries, ...Object.values(identity), 'cnry-wrong-type'], haystacks)).toEqual([]);
  }, 60_000);

  it('would be found in every form by this search', () => {
    const bytes = encode('xx cnry-plain yy');
    expect(findCanaries(['cnry-plain'], [['here', bytes]])).toEqual([
      'cnry-plain (plain) in here',
      'cnry-plain (lower case) in here',
      'cnry-plain (encodeURIComponent) in here',
    ]);
    for (const pad of ['', 'a', 'ab']) {
      const encoded = encode(Buffer.from(`${pad}cnry-plain tail`).toString('base64'));
      expect(findCanaries(['cnry-plain'], [['here', encoded]])).not.toEqual([]);
    }
  });
});
