import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestConsortium } from './support/test-consortium';
import { newBundle, TestPatient } from './support/test-patient';

const canary = 'CANARY-77E1';
const url = 'http://profiles.example/StructureDefinition/named';
const element = (name: string, type: string, more: object) => ({
  path: `Patient.${name}`,
  min: 0,
  max: '1',
  type: [{ code: type }],
  ...more,
});
const profile = {
  resourceType: 'StructureDefinition',
  url,
  name: 'Named',
  type: 'Patient',
  kind: 'resource',
  derivation: 'constraint',
  snapshot: {
    element: [
      { path: 'Patient', min: 0, max: '*' },
      element('id', 'id', {}),
      element('meta', 'Meta', {}),
      element('name', 'HumanName', { min: 1, max: '*' }),
      element('birthDate', 'date', {}),
    ],
  },
};

type Bundle = { entry: { resource: Record<string, unknown> }[] };

const consortium = new TestConsortium();
const patient = new TestPatient(consortium, 'AlphaMSP');
const folder = mkdtempSync(join(tmpdir(), 'profiles-'));

beforeAll(async () => {
  writeFileSync(join(folder, 'named.json'), JSON.stringify(profile));
  await consortium.start({ profiles: { folder, unknown: 'refuse' } });
  await patient.register();
}, 30_000);

afterAll(async () => {
  await consortium.stop();
  rmSync(folder, { recursive: true });
});

/** A bundle of a patient and three results of hers, changed before it is sent. */
function bundleWith(change: (resources: Record<string, unknown>[]) => void): Bundle {
  const bundle = newBundle(3) as Bundle;
  change(bundle.entry.map(({ resource }) => resource));
  return bundle;
}

async function readRecords(): Promise<unknown[]> {
  const gateway = consortium.gateway('AlphaMSP');
  const answer = await gateway.send(`/api/records?subject=${patient.subjectRef}`, { method: 'GET', token: await gateway.token('records') });
  return (answer.body as unknown as { records: unknown[] }).records;
}

describe('an import', () => {
  it('with one resource that is not valid stores nothing and names all issues, and no value', async () => {
    const answer = await patient.import(
      bundleWith(([, first, , third]) => {
        Object.assign(first!, { status: canary, effectiveDateTime: canary });
        Object.assign(third!, { valueString: canary, colour: canary });
      }),
    );

    expect([answer.status, answer.body.code]).toEqual([422, 'FHIR_INVALID']);
    const { issues } = (answer.body as unknown as { details: { issues: { entry: string; path: string; rule: string }[] } }).details;
    expect(issues.map(({ entry, path, rule }) => `${entry} ${path} ${rule}`)).toEqual([
      'entry[1] Observation.status binding',
      'entry[1] Observation.effectiveDateTime format',
      'entry[3] Observation.valueString choice',
      'entry[3] Observation.colour unknown-element',
    ]);
    expect(answer.text).not.toContain(canary);
    expect(await readRecords()).toEqual([]);
  });

  it.each([
    ['does not keep the profile it names', url, 'Patient.name required-element'],
    ['names a profile that is refused', 'http://profiles.example/none', 'Patient.meta.profile[0] profile'],
  ])('of a resource that %s stores nothing', async (_, canonical, expected) => {
    const answer = await patient.import(
      bundleWith(([demographics]) => {
        delete demographics!['name'];
        Object.assign(demographics!, { meta: { profile: [canonical] } });
      }),
    );

    expect([answer.status, answer.body.code]).toEqual([422, 'FHIR_INVALID']);
    const { issues } = (answer.body as unknown as { details: { issues: { path: string; rule: string }[] } }).details;
    expect(issues.map(({ path, rule }) => `${path} ${rule}`)).toEqual([expected]);
    expect(await readRecords()).toEqual([]);
  });

  it('that was corrected is taken', async () => {
    const answer = await patient.import(bundleWith(([demographics]) => Object.assign(demographics!, { meta: { profile: [url] } })));
    expect(answer.status).toBe(201);
    expect(await readRecords()).toHaveLength(4);
  });
});
