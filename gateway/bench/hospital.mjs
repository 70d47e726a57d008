// What the bench does at a consortium's gateways: the story's own steps, with patients of its own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { formatInstant } from '@medaccord/chaincode/model';
import { newStaffToken, readConnections } from '../dist/cli/connections.js';
import { castStory, findRecipients, GatewayClient } from '../dist/story/index.js';
import { requestAccess, untilKnown } from '../dist/story/request-access.js';
import { takeOutCover } from '../dist/story/take-out-cover.js';
import { checkIn } from '../dist/story/steps/check-in.js';
import { importBundle } from '../dist/story/steps/import.js';
import { register } from '../dist/story/steps/register.js';
import { newWallet, signConsent } from '../dist/wallet/index.js';

const readSample = (name) => readFileSync(join(import.meta.dirname, '../samples', name), 'utf8');
const SAMPLE = readSample('diabetes-follow-up.json');
const PLAN = JSON.parse(readSample('demonstration-plan.json'));
const FHIR = 'application/fhir+json';
const DAY_MS = 86_400_000;
/** Visits of each patient that are billed, one a day, and how many are imported at once. */
const VISITS = 350;
const BUNDLE = 50;
const FIRST_VISIT = Date.UTC(2025, 0, 1);
const CHECK_UP = { system: 'http://snomed.info/sct', code: '185349003' };

const SAMPLE_ENTRIES = JSON.parse(SAMPLE).entry;
const entryOf = (type) => SAMPLE_ENTRIES.find(({ resource }) => resource.resourceType === type);
const bundleOf = (entries) => JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry: entries });

/** The patient alone: nobody that she refers to comes with her. */
function newPatientBundle() {
  const { resource, request } = entryOf('Patient');
  const { generalPractitioner, managingOrganization, ...patient } = resource;
  return bundleOf([{ resource: patient, request }]);
}

/** Laboratory values of a patient, about 1 kB each, as they come day by day. */
function newObservations(patient, count) {
  const { encounter, performer, ...resource } = entryOf('Observation').resource;
  return bundleOf(
    Array.from({ length: count }, () => ({
      resource: { ...resource, subject: { reference: patient } },
      request: { method: 'POST', url: 'Observation' },
    })),
  );
}

/** The stage of the story on a running network, without keeping wallets. */
export async function openStage(run) {
  const { members, documents } = await readConnections(run);
  const clients = new Map(members.map(({ gateway }) => [gateway, new GatewayClient(gateway)]));
  const tokens = new Map();
  const tokenOf = async ({ mspId }, role) => {
    const key = `${mspId} ${role}`;
    tokens.set(key, tokens.get(key) ?? newStaffToken(documents.get(mspId), { subject: 'bench', role }, 1));
    return tokens.get(key);
  };
  return { cast: castStory(members), clientOf: ({ gateway }) => clients.get(gateway), tokenOf, bundle: SAMPLE, saveWallet: async () => {} };
}

/** Registers a patient at the custodian and imports her Patient resource; answers what imports `count` further records of her. */
export async function newRecordWriter(stage) {
  const { custodian } = stage.cast;
  const { plot } = await register.run(stage, { wallet: newWallet(), requests: [], categories: [] });
  const post = async (bundle) => {
    const token = await stage.tokenOf(custodian, 'records');
    return stage.clientOf(custodian).post(`/api/imports?subject=${plot.subjectRef}`, bundle, { token, contentType: FHIR });
  };
  const { resources } = await post(newPatientBundle());
  const { reference } = resources[0];
  return async (count) => {
    const answer = await post(newObservations(reference, count));
    if (answer.resources.length !== count) throw new Error(`${answer.resources.length} of ${count} records were imported`);
  };
}

/** Visits of a patient, one on each of the days from `first` on. */
function newVisits(patient, first, count) {
  const { participant, serviceProvider, ...resource } = entryOf('Encounter').resource;
  return bundleOf(
    Array.from({ length: count }, (_, n) => {
      const day = dayOf(first + n);
      const period = { start: `${day}T09:00:00Z`, end: `${day}T09:30:00Z` };
      return {
        resource: { ...resource, subject: { reference: patient }, period },
        request: { method: 'POST', url: 'Encounter' },
      };
    }),
  );
}

const dayOf = (n) => new Date(FIRST_VISIT + n * DAY_MS).toISOString().slice(0, 10);

/**
 * A covered patient with many visits; answers what bills the next of them and waits until the insurer has decided, and the hospital has
 * checked it. `isProved`: by the demonstration plan, which asks for the record of the visit; otherwise by the same without evidence.
 */
export async function newBiller(stage, { isProved }) {
  const { custodian } = stage.cast;
  const plan = isProved ? PLAN : { ...PLAN, planId: 'unproved', evidence: [] };
  const { plot } = await register.run(stage, { wallet: newWallet(), requests: [], categories: [] });
  const token = await stage.tokenOf(custodian, 'records');
  const client = stage.clientOf(custodian);
  const send = async (bundle) =>
    (await client.post(`/api/imports?subject=${plot.subjectRef}`, bundle, { token, contentType: FHIR })).resources;
  const [{ reference }] = await send(newPatientBundle());
  const visits = [];
  for (let n = 0; n < VISITS; n += BUNDLE) visits.push(...(await send(newVisits(reference, n, BUNDLE))));
  const { relationRef, coverageId } = await takeOutCover({ ...stage, plan: JSON.stringify(plan) }, plot);
  const bill = (n) => ({
    ...{ relationRef, coverageId, type: 'institutional', currency: plan.currency, encounter: visits[n].reference },
    lines: [{ service: CHECK_UP, day: dayOf(n), charge: 12_916 }],
  });
  let next = 0;
  return async () => {
    if (next === VISITS) throw new Error('every visit is billed');
    const { claimId } = await client.post('/api/claims', bill(next++), { token });
    for (;;) {
      const { adjudications } = await client.get(`/api/claims/${relationRef}/${claimId}`, { token, waitSeconds: 20 });
      const verdict = adjudications.at(-1)?.check?.verdict;
      if (verdict === 'agrees') return;
      if (verdict === 'differs') throw new Error('the hospital works out something else');
      // What was decided before it has not arrived yet.
      if (verdict === 'incomplete') await setTimeout(20);
    }
  };
}

/** A patient with records and a relation; answers what signs her next consent and has the counterparty ask until it is released. */
export async function newConsentingPatient(stage) {
  const { custodian, counterparty } = stage.cast;
  let plot = { wallet: newWallet(), requests: [], categories: [] };
  for (const step of [register, importBundle, checkIn]) ({ plot } = await step.run(stage, plot));
  const recipients = await findRecipients(stage.clientOf(custodian), [custodian, counterparty]);
  return async () => {
    const permit = { decision: 'permit', categories: plot.categories, purposes: ['TREAT'] };
    const validity = { from: formatInstant(Date.now() - 60_000), until: formatInstant(Date.now() + DAY_MS) };
    const wish = { sets: [{ base: 'deny', exceptions: [permit] }], validity };
    const { wallet, request } = await signConsent(plot.wallet, plot.relationRef, wish, recipients);
    plot = { ...plot, wallet };
    await untilKnown(() => stage.clientOf(custodian).post('/api/consents', request));
    for (let asked = 0; asked < 20; asked++) if ((await requestAccess(stage, plot, counterparty)).outcome === 'released') return;
    throw new Error('a consent was recorded, but nothing was released on it');
  };
}
