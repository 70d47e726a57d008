import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RecordAnchor } from '@medaccord/chaincode/model';
import { parseBlock } from '../../src/ledger/parse-block';
import { Facts } from '../../src/store';
import type { Answers } from '../../src/story/answers';
import type { Answer } from '../support/door';
import { TestPatient } from '../support/test-patient';
import { CommandedNetwork, until, type CommandedGateway } from './support/commanded-network';
import { readChain } from './support/read-chain';

jest.setTimeout(240_000);

const FOLDER = join(__dirname, '../../../../shared/data/synthea');
const FILES = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.json')) : [];
const PATIENTS = FILES.filter((name) => !name.startsWith('hospital'));
const HOSPITALS = FILES.filter((name) => name.startsWith('hospital'));
const LARGEST = 'Idalia_Kertzmann.json';
const READS_AT_ONCE = 8;

type Resource = Record<string, unknown>;
type Imported = Answers['import'];

const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

/** JSON with every number as the text that it is written as: 1.0 is not 1. */
function parseExactly(text: string): unknown {
  const parse = JSON.parse as (text: string, reviver: (name: string, value: unknown, context: { source: string }) => unknown) => unknown;
  return parse(text, (_, value, { source }) => (typeof value === 'number' ? `number ${source}` : value));
}

/** The resources as they were sent, each under the name that it was given, links between them rewritten, and without what the sender knew of versions. */
function expectedOf(bundle: string, names: readonly string[], withMeta = false): Resource[] {
  const { entry } = parseExactly(bundle) as { entry: { fullUrl: string; resource: Resource }[] };
  const references = new Map(entry.map(({ fullUrl }, at) => [fullUrl, names[at] ?? '']));
  const rewrite = (value: unknown): unknown => {
    if (typeof value === 'string') return references.get(value) ?? value;
    if (Array.isArray(value)) return value.map(rewrite);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, rewrite(inside)]));
  };
  return entry.map(({ resource }, at) => {
    const { meta, ...rest } = rewrite(resource) as Resource;
    const { versionId: _versionId, lastUpdated: _lastUpdated, ...labels } = (meta ?? {}) as Resource;
    const kept = withMeta && Object.keys(labels).length > 0 ? { meta: labels } : {};
    return { ...rest, ...kept, id: names[at]?.split('/')[1] };
  });
}

if (PATIENTS.length === 0) {
  const reason = `not proven, for there are no Synthea bundles at ${FOLDER}`;
  process.stderr.write(`The import of Synthea bundles: ${reason}\n`);
  test.todo(`the import of Synthea bundles: ${reason}`);
} else {
  describe('the import of Synthea bundles through the gateway', () => {
    let network: CommandedNetwork;
    let custodian: CommandedGateway;
    const imports: Imported[] = [];

    beforeAll(async () => {
      network = await CommandedNetwork.create();
      await network.up();
      [custodian] = network.gateways as [CommandedGateway];
    });

    afterAll(async () => {
      await network.remove();
    });

    const newPatient = async (): Promise<TestPatient> => {
      const patient = new TestPatient(network, custodian.mspId);
      expect((await patient.register()).status).toBe(201);
      return patient;
    };

    /** What the custodian lists of a patient. */
    const listRecords = async ({
      subjectRef,
    }: TestPatient): Promise<{ recordId: string; version: number; anchoredAt: string | null }[]> => {
      const listed = await custodian.send(`/api/records?subject=${subjectRef}`, { token: await custodian.token('records') });
      expect(listed.status).toBe(200);
      return (listed.body as { records: { recordId: string; version: number; anchoredAt: string | null }[] }).records;
    };

    const readEach = async <T>(items: readonly T[], get: (item: T) => Promise<Answer>): Promise<string[]> => {
      const texts: string[] = [];
      const queue = [...items.entries()];
      const lane = async (): Promise<void> => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const [at, item] = next;
          const { status, text } = await get(item);
          if (status !== 200) throw new Error(`${JSON.stringify(item)}: ${text}`);
          texts[at] = text;
        }
      };
      await Promise.all(Array.from({ length: READS_AT_ONCE }, lane));
      return texts;
    };

    const readAll = async ({ resources }: Imported): Promise<Resource[]> => {
      const token = await custodian.token('records');
      const texts = await readEach(resources, ({ recordId }) => custodian.send(`/api/records/${recordId}`, { token }));
      return texts.map((text) => {
        const { meta: _meta, ...rest } = parseExactly(text) as Resource;
        return rest;
      });
    };

    async function expectNothingLost(bundle: string, imported: Imported): Promise<void> {
      expect(imported.resources.every(({ outcome, version }) => outcome === 'created' && version === 1)).toBe(true);
      const names = imported.resources.map(({ reference }) => reference);
      expect(await readAll(imported)).toEqual(expectedOf(bundle, names));
      imports.push(imported);
    }

    test.each(PATIENTS)('loses nothing of %s', async (file) => {
      const bundle = read(file);
      const patient = await newPatient();
      const { status, body } = await patient.import(bundle);
      expect([status, (body as { code?: string }).code]).toEqual([201, undefined]);
      const imported = body as Imported;
      await expectNothingLost(bundle, imported);
      const hers = await listRecords(patient);
      const names = new Set(imported.resources.map(({ recordId }) => recordId));
      expect(hers.every(({ recordId, anchoredAt }) => names.has(recordId) && anchoredAt !== null)).toBe(true);
      const others = imported.resources.filter(({ reference }) => /^(Organization|Practitioner)\//.test(reference));
      expect(hers).toHaveLength(imported.resources.length - others.length);
    });

    test.each(HOSPITALS)('takes %s as records without a subject', async (file) => {
      const bundle = read(file);
      const answer = await custodian.send('/api/imports', { token: await custodian.token('records'), key: randomUUID(), body: bundle });
      expect(answer.status).toBe(201);
      await expectNothingLost(bundle, answer.body as Imported);
    });

    test('shows nothing of a bundle whose connection is cut in the middle, and takes it when it comes whole', async () => {
      const bundle = read(PATIENTS[0] ?? '');
      const patient = await newPatient();
      const key = randomUUID();
      await sendHalf(`/api/imports?subject=${patient.subjectRef}`, { bundle, key, token: await custodian.token('records') });
      expect(await listRecords(patient)).toEqual([]);
      const { status, body } = await patient.import(bundle, key);
      expect(status).toBe(201);
      expect(await listRecords(patient)).not.toEqual([]);
      await expectNothingLost(bundle, body as Imported);
    });

    /** Half of the body, and then the connection is gone; resolves when the gateway has noticed. */
    async function sendHalf(path: string, { bundle, key, token }: { bundle: string; key: string; token: string }): Promise<void> {
      const { host, port } = custodian.connection.listen;
      const head = [
        `POST ${path} HTTP/1.1`,
        `host: ${host}`,
        'content-type: application/fhir+json',
        `content-length: ${String(Buffer.byteLength(bundle))}`,
        `authorization: Bearer ${token}`,
        `idempotency-key: ${key}`,
      ];
      const socket = connect(port, host);
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.write(`${head.join('\r\n')}\r\n\r\n${bundle.slice(0, bundle.length / 2)}`, () => {
          socket.destroySoon();
          resolve();
        });
      });
      await new Promise((resolve) => socket.once('close', resolve));
    }

    test('shows nothing of a bundle that is half anchored when the gateway is killed, and takes all of it when it is sent again', async () => {
      const bundle = read(LARGEST);
      const patient = await newPatient();
      const key = randomUUID();
      const before = countAnchors();
      const { restarts = 0 } = network.processOf('gateway-northside') ?? {};
      const cutOff = patient.import(bundle, key).catch(() => 'cut off');
      await until('some of it is anchored', () => countAnchors() > before);
      network.killHard('gateway-northside');
      expect(await cutOff).toBe('cut off');
      await until('the gateway is back', () => network.isWhole && (network.processOf('gateway-northside')?.restarts ?? 0) > restarts);
      expect(countAnchors() - before).toBeLessThan(557);
      expect(await listRecords(patient)).toEqual([]);

      const { status, body } = await patient.import(bundle, key);
      expect([status, (body as Imported).resources.length]).toEqual([201, 557]);
      await expectNothingLost(bundle, body as Imported);
    });

    function countAnchors(): number {
      const database = new DatabaseSync(join(custodian.connection.data, 'projection.sqlite'), { readOnly: true });
      try {
        return (database.prepare("SELECT count(*) AS anchors FROM fact WHERE type = 'record'").get() as { anchors: number }).anchors;
      } finally {
        database.close();
      }
    }

    test('has every resource anchored on the ledger, in groups that are closed, and no other group open', async () => {
      const { blocks } = await readChain(custodian.connection, custodian.mspId);
      const facts = new Facts(':memory:', custodian.mspId);
      for (const block of blocks) facts.apply(parseBlock(block, custodian.connection.chaincode));
      expect(imports.length).toBe(FILES.length + 2);
      for (const { groupId, resources } of imports) {
        expect(resources.filter(({ recordId, version }) => !facts.counts(custodian.mspId, recordId, version))).toEqual([]);
        const anchors = resources.map(
          ({ recordId, version }) => facts.find<RecordAnchor>('record', `${custodian.mspId}/${recordId}`, String(version))?.value,
        );
        expect(anchors.map((anchor) => anchor?.groupId)).toEqual(resources.map(() => groupId));
        const withSubject = resources.filter(({ reference }) => !/^(Organization|Practitioner)\//.test(reference));
        expect(anchors.filter((anchor) => anchor?.subject !== null)).toHaveLength(withSubject.length);
      }
      const counted = facts
        .listType<RecordAnchor>('record')
        .filter(({ value }) => facts.counts(value.custodian, value.recordId, value.version));
      expect(new Set(counted.map(({ value }) => value.groupId)).size).toBe(imports.length);
      expect(counted).toHaveLength(imports.reduce((sum, { resources }) => sum + resources.length, 0));
      facts.close();
    });

    test.each(FILES)('takes %s at /fhir as a transaction, and gives every resource back as it was sent', async (file) => {
      const bundle = read(file);
      const headers = HOSPITALS.includes(file) ? {} : { 'medaccord-subject': (await newPatient()).subjectRef };
      const token = await custodian.token('records');
      const { status, body } = await custodian.send('/fhir', { token, body: bundle, headers });
      expect(status).toBe(200);
      const { entry } = body as { entry: { response: { status: string; location: string } }[] };
      const names = entry.map(({ response }) => /([A-Za-z]+\/[^/]+)\/_history\/1$/.exec(response.location)?.[1] ?? response.location);
      const texts = await readEach(names, async (name) => custodian.send(`/fhir/${name}`, { token }));
      const found = texts.map((text) => {
        const { meta, ...rest } = parseExactly(text) as Resource & { meta: Resource };
        const { versionId: _versionId, lastUpdated: _lastUpdated, ...labels } = meta;
        return Object.keys(labels).length === 0 ? rest : { ...rest, meta: labels };
      });
      expect(found).toEqual(expectedOf(bundle, names, true));
    });
  });
}
