import { createHash } from 'node:crypto';
import { formatCanonical } from '../src/model';
import { adjudicate, claimFor, cover, PLAN, prepare, publish, type Prepared } from './support/claim-story';
import { ConsortiumTwin, EndorsementRefused } from './support/consortium-twin';
import { ask, CLINIC, HOSPITAL, importRecords, INSURER, newConsortium, newRecord, newScene, openingOf, register } from './support/story';
import { runWholeStory } from './support/whole-story';
import { Patient } from './support/wallet';

/** Every spelling in which a value could leak. */
function spellingsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const hash = createHash('sha256').update(bytes).digest();
  return [
    text,
    bytes.toString('base64').replaceAll('=', ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    encodeURIComponent(text),
    hash.toString('hex'),
    hash.toString('base64').replaceAll('=', ''),
    hash.toString('base64url'),
  ];
}

/** All that a peer puts into a block or shows to a client: arguments, reads, writes, key names of collections, answers, events, errors. */
function publicBytesOf(twin: ConsortiumTwin, errors: readonly string[]): string {
  const rows = twin.chain.map(({ proposal, simulation }) => {
    const { reads, writes, policies, hashedReads, privateWrites } = simulation.rwset;
    const opened = Object.values(writes).map((value) => Buffer.from(value ?? '', 'base64').toString('utf8'));
    return [
      proposal.args,
      reads,
      writes,
      opened,
      policies,
      Object.keys(hashedReads),
      Object.keys(privateWrites),
      simulation.payload,
      simulation.event,
    ];
  });
  return JSON.stringify([rows, errors]);
}

describe('plaintext', () => {
  test('of payloads, details, documents, bindings and sealed values stands in no argument, write, key, answer, event or error', async () => {
    const twin = await newConsortium();
    const patient = new Patient(HOSPITAL);
    const { relation, document, laboratory } = await newScene(twin, patient);
    const secret = newRecord(patient, {
      type: 'CanaryType',
      category: 'hiv',
      labels: ['CANARY-LABEL'],
      dates: { from: '1987-06-05', until: null },
    });
    await importRecords(twin, [secret]);
    const request = await ask(twin, relation);
    const { relationRef, requestId } = request;
    const gateway = await twin.identity(HOSPITAL, 'gateway');
    const errors: string[] = [];
    const decide = async (input: unknown): Promise<void> => {
      const args = ['DecideRelease', JSON.stringify({ relationRef, requestId, consentVersion: 2 })];
      try {
        twin.commit(await twin.endorse(gateway, args, { input, endorsers: [HOSPITAL, CLINIC] }));
      } catch (error) {
        if (!(error instanceof EndorsementRefused)) throw error;
        errors.push(error.message);
      }
    };
    const good = openingOf(relation, document, [laboratory], request);
    const refused = openingOf(relation, document, [secret], request);
    // Whatever a careless client may put where something else belongs.
    await decide(refused);
    await decide({ ...refused, binding: 'Canary Jane Doe' });
    await decide({ ...refused, document: '{"name":"Canary Jane Doe"}' });
    await decide({ ...refused, 'Canary Jane Doe': 1 });
    await decide({ ...refused, records: [{ ...refused.records[0], details: '{"diagnosis":"Canary Jane Doe"}' }] });
    await decide('Canary Jane Doe');
    await decide('{"Canary Jane Doe');
    expect(errors).toHaveLength(7);
    await decide(good);
    expect(errors).toHaveLength(7);
    const text = publicBytesOf(twin, errors);
    const secrets = [
      'Canary Jane Doe',
      'CanaryType',
      'CANARY-LABEL',
      '1987-06-05',
      secret.details,
      good.document ?? '',
      good.binding,
      secret.envelope,
      ...Object.values(good.sealed),
    ];
    for (const value of secrets) {
      for (const spelling of spellingsOf(value)) {
        // The hash of a stored envelope is public by design: it is what the anchor binds, and the envelope is no plaintext.
        if (value === secret.envelope && spelling === createHash('sha256').update(value).digest('base64url')) continue;
        expect(text.includes(spelling) ? `${value} as ${spelling}` : '').toBe('');
      }
    }
  });

  test('of claims, terms and adjudications stands there no more', async () => {
    const twin = await newConsortium();
    const patient = new Patient(HOSPITAL);
    await register(twin, patient);
    await publish(twin);
    const of = await cover(twin, patient);
    const claim = await claimFor(of, { code: 'CANARY-SERVICE', unit: 'CANARY-UNIT', charge: 98_765 });
    const later = await claimFor(of, { code: 'CANARY-SERVICE' });
    const gateway = await twin.identity(INSURER, 'gateway');
    const errors: string[] = [];
    const send = async (prepared: Prepared, change: (input: Prepared['input']) => unknown): Promise<void> => {
      const args = ['AdjudicateClaims', formatCanonical(prepared.request)];
      try {
        twin.commit(await twin.endorse(gateway, args, { input: change(prepared.input), endorsers: [INSURER] }));
      } catch (error) {
        if (!(error instanceof EndorsementRefused)) throw error;
        errors.push(error.message);
      }
    };
    const canary = '{"name":"Canary Jane Doe"}';
    const good = prepare(of, [{ claim, elsewhere: { 'year/2026-01-01/deductible': 4_321 }, change: { note: 'CANARY-NOTE' } }]);
    const [sent] = good.input.claims;
    for (const part of ['body', 'document', 'previous']) await send(good, (input) => ({ ...input, claims: [{ ...sent, [part]: canary }] }));
    await send(good, (input) => ({ ...input, coverage: canary }));
    await send(good, (input) => ({ ...input, binding: 'Canary Jane Doe' }));
    await send(good, (input) => ({ ...input, used: { used: { 'Canary Jane Doe': 1 }, salt: of.terms.salt } }));
    await send(good, (input) => ({ ...input, preauthorizations: [canary] }));
    await send(prepare(of, [{ claim, plan: { ...PLAN, deductible: 0 } }]), (input) => input);
    await send(prepare(of, [{ claim, change: { before: { 'year/2026-01-01/deductible': 1 } } }]), (input) => input);
    expect(errors).toHaveLength(9);
    await adjudicate(of, good);
    await adjudicate(of, prepare(of, [{ claim: later }]));
    const text = publicBytesOf(twin, errors);
    const { item } = claim.body.lines[0] ?? {};
    const secrets = [
      ...['Canary Jane Doe', 'CANARY-SERVICE', 'CANARY-UNIT', 'CANARY-NOTE', '98765', '4321', of.terms.salt, claim.body.salt],
      ...[item?.subjectSalt ?? '', formatCanonical(claim.body), formatCanonical(of.terms), claim.envelope, of.relation.binding],
      ...good.documents.flatMap((document) => [formatCanonical(document), document.salt]),
    ];
    for (const value of secrets) {
      for (const spelling of spellingsOf(value)) {
        // The hash of a sealed body is what its header binds.
        if (value === claim.envelope && spelling === createHash('sha256').update(value).digest('base64url')) continue;
        expect(text.includes(spelling) ? `${value} as ${spelling}` : '').toBe('');
      }
    }
  });

  test('that does leak is found', async () => {
    const twin = await newConsortium();
    await runWholeStory(twin);
    const text = publicBytesOf(twin, ['Canary']);
    expect(spellingsOf('Canary').some((spelling) => text.includes(spelling))).toBe(true);
    expect(text).toContain('RegisterRelation');
  });
});
