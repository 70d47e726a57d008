// One custodian's search index with any number of resources, behind HTTP. It is filled directly, not over a ledger; the texts of the resources are
// at hand, so that what a page costs beyond opening its resources (which costs the same for any page) is not hidden by it.
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordKey } from '@medaccord/chaincode/model';
import { ResourceReader, searchResources } from '../dist/fhir-rest/index.js';
import { extractSearchable } from '../dist/search/index.js';
import { openStore } from '../dist/store/index.js';

const CUSTODIAN = 'AlphaMSP';
const AT = '2026-01-01T00:00:00.000Z';
const HASH = 'A'.repeat(43);
const SALT = 'A'.repeat(22);
const SALTS = { subject: SALT, payload: SALT, details: SALT, dataKey: SALT };
const BATCH = 1_000;
const DAYS = 5 * 365;
const FAMILIES = [
  'Anders',
  'Becker',
  'Castro',
  'Dubois',
  'Eriksson',
  'Fischer',
  'Garcia',
  'Haddad',
  'Ivanov',
  'Jensen',
  'Kowalski',
  'Lopez',
];

/** Half patients, half observations: a hundred each of every hundredth patient, with five codes and dates of five years. */
export async function newSearchScene(size) {
  const folder = mkdtempSync(join(tmpdir(), 'medaccord-bench-'));
  const store = await openStore(folder, CUSTODIAN);
  const texts = new Map();
  const started = process.cpuUsage();
  for (let from = 0, block = 0; from < size; from += BATCH, block += 1)
    fill(store, texts, { from, until: Math.min(size, from + BATCH), block });
  const { user, system } = process.cpuUsage(started);
  const reader = new ResourceReader({ mspId: CUSTODIAN, store, records: newRecords(texts) });
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    searchResources(reader, store, { type: pathname.slice(1), pairs: [...searchParams], base: 'http://localhost', isStrict: true }).then(
      (bundle) => response.end(JSON.stringify(bundle)),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    size,
    filledUs: (user + system) / size,
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.close();
      void store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function fill(store, texts, { from, until, block }) {
  const groupId = `group${block}`.padEnd(22, '-');
  const resources = Array.from({ length: until - from }, (_, at) => newResource(from + at));
  const writes = resources.map(({ recordId }) => ({
    key: recordKey(CUSTODIAN, recordId, 1),
    value: JSON.stringify({
      ...{ recordId, version: 1, custodian: CUSTODIAN, groupId, whole: true, subject: HASH },
      ...{ payload: HASH, details: HASH, dataKey: HASH, ciphertext: HASH, anchoredAt: AT },
    }),
  }));
  store.facts.apply({
    number: block,
    time: 0,
    transactions: [{ index: 0, transactionId: `t${block}`, code: 0, writes, event: undefined }],
  });
  store.index.add(
    resources.map(({ recordId, subjectRef, resource }) => {
      const { resourceType: type, id } = resource;
      const record = { recordId, version: 1, groupId, subjectRef, category: 'laboratory', type, id, details: '{}', salts: SALTS };
      return { record, findable: { identifiers: [], searchable: extractSearchable(resource) } };
    }),
  );
  store.resources.addGroup(groupId);
  for (const { recordId, resource } of resources) texts.set(recordId, JSON.stringify(resource));
}

function newResource(n) {
  const resource = n % 2 === 0 ? newPatient(n / 2) : newObservation((n - 1) / 2);
  const patient = n % 2 === 0 ? n / 2 : patientOf((n - 1) / 2);
  return { recordId: `record${n}`.padEnd(22, '-'), subjectRef: `subject${patient}`.padEnd(22, '-'), resource };
}

const patientOf = (n) => n - (n % 100);

function newPatient(n) {
  return {
    resourceType: 'Patient',
    id: `p${n}`,
    name: [{ family: `${FAMILIES[n % FAMILIES.length]}-${n}`, given: [`Given${n % 97}`] }],
    gender: n % 2 === 0 ? 'female' : 'male',
    birthDate: dayOf(n * 7919 - 20_000),
  };
}

function newObservation(n) {
  return {
    resourceType: 'Observation',
    id: `o${n}`,
    status: n % 2 === 0 ? 'final' : 'amended',
    category: [{ coding: [{ system: 'urn:category', code: n % 2 === 0 ? 'laboratory' : 'vital-signs' }] }],
    code: { coding: [{ system: 'http://loinc.org', code: `c${n % 5}` }] },
    subject: { reference: `Patient/p${patientOf(n)}` },
    effectiveDateTime: `${dayOf((n * 104_729) % DAYS)}T08:00:00Z`,
  };
}

const dayOf = (days) => new Date(Date.UTC(2020, 0) + (days % 20_000) * 86_400_000).toISOString().slice(0, 10);

function newRecords(texts) {
  return {
    readVersions: async (records) => records.map(({ recordId }) => texts.get(recordId)),
    findAnchor: () => ({ anchoredAt: AT }),
  };
}
