import { randomBytes } from 'node:crypto';
import type { RecordId, SubjectRef } from '@medaccord/chaincode/model';
import { planImport, type PlannedResource } from './plan-import';
import { MemoryIndex } from './testdata/memory-index';

type Json = Record<string, unknown>;

const newReference = (): string => randomBytes(16).toString('base64url');
const me = newReference() as SubjectRef;
const other = newReference() as SubjectRef;
const P = 'urn:uuid:11111111-1111-4111-8111-111111111111';
const A = 'urn:uuid:22222222-2222-4222-8222-222222222222';
const B = 'urn:uuid:33333333-3333-4333-8333-333333333333';

const post = (fullUrl: string | undefined, resource: Json, ifNoneExist?: string): Json => ({
  ...(fullUrl !== undefined && { fullUrl }),
  resource,
  request: { method: 'POST', url: resource['resourceType'], ...(ifNoneExist !== undefined && { ifNoneExist }) },
});
const put = (resource: Json, more: Json = {}, fullUrl?: string): Json => ({
  ...(fullUrl !== undefined && { fullUrl }),
  resource,
  request: { method: 'PUT', url: `${String(resource['resourceType'])}/${String(resource['id'])}`, ...more },
});
const patient = post(P, { resourceType: 'Patient' });
const ofPatient = { subject: { reference: P } };

const plan = (entries: readonly Json[], index = new MemoryIndex(), subjectRef: SubjectRef | undefined = me): Promise<PlannedResource[]> =>
  planImport(JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry: entries }), {
    index,
    subjectRef,
    newId: (at) =>
      `new-${String(at)}-${newReference()
        .slice(0, 6)
        .replaceAll(/[^A-Za-z0-9]/g, 'x')}`,
    newRecordId: () => newReference() as RecordId,
  });

const import_ = async (
  entries: readonly Json[],
  index: MemoryIndex,
  subjectRef: SubjectRef | undefined = me,
): Promise<PlannedResource[]> => {
  const planned = await plan(entries, index, subjectRef);
  index.hold(planned);
  return planned;
};

const resourceOf = (planned: PlannedResource | undefined): Json => JSON.parse(planned!.text) as Json;
const failure = (code: string, place: string): Error => expect.objectContaining({ code, details: { place } }) as Error;

describe('identities in a transaction', () => {
  it('are assigned for POST, whatever the sender called the resource, and kept for PUT', async () => {
    const [one, two, three] = await plan([
      patient,
      post(A, { resourceType: 'Device', id: 'theirs' }),
      put({ resourceType: 'Location', id: 'ward-3' }),
    ]);
    expect(one!.id).toMatch(/^new-0/);
    expect(resourceOf(two)).toEqual({ resourceType: 'Device', id: two!.id });
    expect(two!.id).not.toBe('theirs');
    expect(three).toMatchObject({ id: 'ward-3', reference: 'Location/ward-3', outcome: 'created', version: 1 });
    expect(Object.keys(resourceOf(one))).toEqual(['resourceType', 'id']);
  });

  it('go on as versions for a PUT with other content, and stay for equal content, whatever a server set in meta', async () => {
    const index = new MemoryIndex();
    const [first] = await import_([put({ resourceType: 'Location', id: 'ward', name: 'Ward' })], index);
    const [same] = await import_([put({ name: 'Ward', resourceType: 'Location', meta: { versionId: '9' }, id: 'ward' })], index);
    const [next] = await import_([put({ resourceType: 'Location', id: 'ward', name: 'Ward 3' })], index);
    const labelled = { resourceType: 'Location', id: 'ward', name: 'Ward 3', meta: { security: [{ code: 'R' }] } };
    expect(same).toMatchObject({ outcome: 'unchanged', version: 1, recordId: first!.recordId });
    expect(next).toMatchObject({ outcome: 'updated', version: 2, recordId: first!.recordId });
    expect((await import_([put(labelled)], index))[0]).toMatchObject({ outcome: 'updated', version: 3 });
  });

  it('may occur once', async () => {
    await expect(plan([put({ resourceType: 'Location', id: 'w' }), put({ resourceType: 'Location', id: 'w' })])).rejects.toThrow(
      failure('BUNDLE_DUPLICATE', 'entry[1]'),
    );
  });

  it('must be of the version that the sender knows, where she says which', async () => {
    const index = new MemoryIndex();
    await import_([put({ resourceType: 'Location', id: 'w', name: 'a' })], index);
    const changed = { resourceType: 'Location', id: 'w', name: 'b' };
    await expect(plan([put(changed, { ifMatch: 'W/"2"' })], index)).rejects.toThrow(
      failure('BUNDLE_VERSION_OUTDATED', 'entry[0].request.ifMatch'),
    );
    await expect(plan([put(changed, { ifMatch: 'W/"1"' })], index)).resolves.toMatchObject([{ outcome: 'updated', version: 2 }]);
  });
});

describe('conditions in a transaction', () => {
  const doctor = { resourceType: 'Practitioner', identifier: [{ system: 'urn:reg', value: '7' }] };

  it('create a resource once and find it afterwards', async () => {
    const index = new MemoryIndex();
    const [first] = await import_([post(A, doctor, 'identifier=urn:reg|7')], index);
    const [found, encounter] = await import_(
      [post(A, { ...doctor, gender: 'female' }, '?identifier=urn:reg|7'), post(B, { resourceType: 'Device', owner: { reference: A } })],
      index,
    );
    expect(first!.outcome).toBe('created');
    expect(found).toMatchObject({ outcome: 'found', id: first!.id, recordId: first!.recordId, version: 1, text: first!.text });
    expect(resourceOf(encounter)).toMatchObject({ owner: { reference: first!.reference } });
  });

  it('update what they find, or create it', async () => {
    const index = new MemoryIndex();
    const update = (resource: Json): Json => ({ resource, request: { method: 'PUT', url: 'Practitioner?identifier=urn:reg|7' } });
    const [created] = await import_([update(doctor)], index);
    const [updated] = await import_([update({ ...doctor, gender: 'female' })], index);
    expect([created!.outcome, updated!.outcome, updated!.version]).toEqual(['created', 'updated', 2]);
    expect(resourceOf(updated)['id']).toBe(created!.id);
    await expect(plan([update({ ...doctor, id: 'another' })], index)).rejects.toThrow(failure('BUNDLE_INVALID', 'entry[0].resource.id'));
  });

  it('are refused when they find several, are not understood, or would create one thing twice', async () => {
    const index = new MemoryIndex();
    await import_([post(A, doctor), post(B, doctor)], index);
    await expect(plan([post(A, doctor, 'identifier=urn:reg|7')], index)).rejects.toThrow(
      failure('BUNDLE_CONDITION_AMBIGUOUS', 'entry[0].request.ifNoneExist'),
    );
    await expect(plan([post(A, doctor, 'name=Okafor')], index)).rejects.toThrow(
      failure('BUNDLE_NOT_SUPPORTED', 'entry[0].request.ifNoneExist'),
    );
    await expect(plan([post(A, doctor, 'identifier=')])).rejects.toThrow(failure('BUNDLE_INVALID', 'entry[0].request.ifNoneExist'));
    const twice = [post(A, doctor, 'identifier=urn:reg|7'), post(B, doctor, 'identifier=urn:reg|7')];
    await expect(plan(twice)).rejects.toThrow(failure('BUNDLE_DUPLICATE', 'entry[0]'));
  });

  it('stand in references, for resources of the bundle and for those held', async () => {
    const index = new MemoryIndex();
    const search = { resourceType: 'Device', owner: { reference: 'Practitioner?identifier=urn:reg|7' } };
    const [doc, device] = await plan([post(A, doctor), post(B, search)], index);
    expect(resourceOf(device)).toMatchObject({ owner: { reference: doc!.reference } });
    const place = 'entry[0].resource.owner.reference';
    await expect(plan([post(B, search)], index)).rejects.toThrow(failure('BUNDLE_REFERENCE_UNRESOLVED', place));
    const [held] = await import_([post(A, doctor)], index);
    expect(resourceOf((await plan([post(B, search)], index))[0])).toMatchObject({ owner: { reference: held!.reference } });
    await expect(plan([post(A, doctor), post(B, search)], index)).rejects.toThrow(
      failure('BUNDLE_CONDITION_AMBIGUOUS', 'entry[1].resource.owner.reference'),
    );
  });
});

describe('links in a transaction', () => {
  it('to entries are rewritten wherever the standard says, and left alone elsewhere', async () => {
    const resource = {
      resourceType: 'Observation',
      ...ofPatient,
      text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${A}">x</a><img src='${A}#i'/> ${A}</div>` },
      identifier: [{ system: 'urn:ietf:rfc:3986', value: A }],
      note: [{ text: A }],
      extension: [
        { url: 'http://x.test/uri', valueUri: A },
        { url: 'http://x.test/canonical', valueCanonical: A },
        { url: 'http://x.test/string', valueString: A },
        { url: 'http://x.test/uuid', valueUuid: A },
      ],
      meta: { source: A },
      focus: [{ reference: A }, { reference: `${A}#part` }, { reference: 'http://elsewhere.test/Device/1' }, { reference: '#c' }],
      contained: [{ resourceType: 'Device', id: 'c', parent: { reference: A } }],
    };
    const [, device, observation] = await plan([patient, post(A, { resourceType: 'Device' }), post(B, resource)]);
    const there = device!.reference;
    expect(resourceOf(observation)).toMatchObject({
      text: { div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${there}">x</a><img src="${there}#i"/> ${A}</div>` },
      identifier: [{ value: A }],
      note: [{ text: A }],
      extension: [{ valueUri: there }, { valueCanonical: A }, { valueString: A }, { valueUuid: there }],
      meta: { source: there },
      focus: [{ reference: there }, { reference: `${there}#part` }, { reference: 'http://elsewhere.test/Device/1' }, { reference: '#c' }],
      contained: [{ parent: { reference: there } }],
    });
  });

  it('may be circular', async () => {
    const [one, two] = await plan([
      post(A, { resourceType: 'Device', parent: { reference: B } }),
      post(B, { resourceType: 'Device', parent: { reference: A } }),
    ]);
    expect(resourceOf(one)).toMatchObject({ parent: { reference: two!.reference } });
    expect(resourceOf(two)).toMatchObject({ parent: { reference: one!.reference } });
  });

  it('beside RESTful full URLs are resolved against their root, version-specific ones stay so', async () => {
    const at = (id: string, root = 'http://a.test/fhir'): string => `${root}/Device/${id}`;
    const [one, two, three, four] = await plan([
      post(at('1'), { resourceType: 'Device', id: '1' }),
      post(at('2'), { resourceType: 'Device', parent: { reference: 'Device/1' } }),
      post(at('3'), { resourceType: 'Device', parent: { reference: `${at('1')}/_history/4` } }),
      post(at('4'), { resourceType: 'DocumentReference', content: [{ attachment: { url: 'Device/1' } }] }),
    ]);
    expect(resourceOf(two)).toMatchObject({ parent: { reference: one!.reference } });
    expect(resourceOf(three)).toMatchObject({ parent: { reference: `${one!.reference}/_history/1` } });
    expect(resourceOf(four)).toMatchObject({ content: [{ attachment: { url: one!.reference } }] });
  });

  it('by Type/id mean the resource held here, and the entry of that id when there is none', async () => {
    const index = new MemoryIndex();
    const entries = [
      post(A, { resourceType: 'Device', id: 'd1' }),
      post(B, { resourceType: 'Device', parent: { reference: 'Device/d1' } }),
    ];
    const [device, child] = await plan(entries, index);
    expect(resourceOf(child)).toMatchObject({ parent: { reference: device!.reference } });
    await import_([put({ resourceType: 'Device', id: 'd1' })], index);
    expect(resourceOf((await plan(entries, index))[1])).toMatchObject({ parent: { reference: 'Device/d1' } });
  });

  it('to a full URL that no entry has are refused, unless they are not references', async () => {
    await expect(plan([post(A, { resourceType: 'Device', parent: { reference: B } })])).rejects.toThrow(
      failure('BUNDLE_REFERENCE_UNRESOLVED', 'entry[0].resource.parent.reference'),
    );
    await expect(plan([post(A, { resourceType: 'DetectedIssue', reference: B })])).resolves.toBeDefined();
  });

  it('inside a document that is carried as a resource belong to that document', async () => {
    const inner = {
      resourceType: 'Bundle',
      type: 'document',
      entry: [{ fullUrl: A, resource: { resourceType: 'Composition', subject: { reference: B } } }],
    };
    const [document] = await plan([post(A, inner)]);
    expect(resourceOf(document)).toEqual({ ...inner, id: document!.id });
  });
});

describe('the subject of an import', () => {
  it('gets what the Patient compartment holds, and nothing else', async () => {
    const planned = await plan([
      patient,
      post(A, { resourceType: 'Observation', ...ofPatient }),
      post(undefined, { resourceType: 'Observation', performer: [{ reference: A }, { reference: P }] }),
      post(undefined, { resourceType: 'Coverage', beneficiary: { reference: P } }),
      post(undefined, { resourceType: 'Group', member: [{ entity: { reference: P } }] }),
      post(undefined, { resourceType: 'Organization' }),
      post(undefined, { resourceType: 'Observation', subject: { reference: 'Group/9' } }),
    ]);
    expect(planned.map(({ subjectRef }) => subjectRef)).toEqual([me, me, me, me, me, null, null]);
  });

  it('must be named for whatever belongs to a patient', async () => {
    const bundle = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry: [patient] });
    const options = { index: new MemoryIndex(), newId: () => 'x', newRecordId: () => newReference() as RecordId };
    await expect(planImport(bundle, { ...options, subjectRef: undefined })).rejects.toThrow(
      failure('BUNDLE_SUBJECT_MISSING', 'entry[0].resource'),
    );
  });

  it('is one patient', async () => {
    await expect(plan([patient, post(A, { resourceType: 'Patient' })])).rejects.toThrow(failure('BUNDLE_SUBJECT_OTHER', 'entry[1]'));
  });

  it('is nobody else than whom the resources refer to', async () => {
    const index = new MemoryIndex();
    await import_([put({ resourceType: 'Patient', id: 'theirs' })], index, other);
    await import_([put({ resourceType: 'Patient', id: 'mine' })], index, me);
    const observation = (reference: string): Json => post(A, { resourceType: 'Observation', subject: { reference } });
    const place = 'entry[0].resource.subject';
    await expect(plan([observation('Patient/mine')], index)).resolves.toMatchObject([{ subjectRef: me }]);
    await expect(plan([observation('Patient/theirs')], index)).rejects.toThrow(failure('BUNDLE_SUBJECT_OTHER', place));
    await expect(plan([observation('Patient/nobody')], index)).rejects.toThrow(failure('BUNDLE_REFERENCE_UNRESOLVED', place));
    await expect(plan([observation('http://elsewhere.test/Patient/1')], index)).rejects.toThrow(failure('BUNDLE_SUBJECT_OTHER', place));
    await expect(plan([put({ resourceType: 'Patient', id: 'theirs', active: true })], index)).rejects.toThrow(
      failure('BUNDLE_SUBJECT_OTHER', 'entry[0].resource'),
    );
  });

  it('cannot be changed by finding somebody else by a condition', async () => {
    const index = new MemoryIndex();
    const theirs = { resourceType: 'Patient', identifier: [{ system: 'urn:mrn', value: '1' }] };
    await import_([post(P, theirs)], index, other);
    const entries = [post(P, theirs, 'identifier=urn:mrn|1'), post(A, { resourceType: 'Observation', ...ofPatient })];
    await expect(plan(entries, index)).rejects.toThrow(failure('BUNDLE_SUBJECT_OTHER', 'entry[1].resource.subject'));
  });
});
