import { randomUUID } from 'node:crypto';
import { newWallet, registerPatient } from '../../../src/wallet';
import type { Answer, Door } from '../../support/door';
import type { Canaries } from './canary-bundle';

interface Entry {
  fullUrl: string;
  readonly resource: Record<string, unknown>;
  readonly request: Record<string, unknown>;
}
interface Bundle {
  type: string;
  readonly entry: readonly Entry[];
}

export interface Scene {
  readonly canaries: Canaries;
  readonly custodian: Door;
  readonly counterparty: Door;
  /** A good bundle, all of canaries. */
  readonly bundle: string;
  readonly subjectRef: string;
  readonly relationRef: string;
}

/** Every kind of bad input, all of it canaries, and what is answered to each. */
export async function provokeErrors(scene: Scene): Promise<readonly (readonly [what: string, answer: Answer])[]> {
  const all = [...badBundles(scene), ...badAddresses(scene), ...badTokens(scene), ...(await badBodies(scene))];
  return Promise.all(all.map(async ([what, send]) => [what, await send()] as const));
}

type Try = readonly [what: string, send: () => Promise<Answer>];

function badBundles({ canaries, custodian, bundle, subjectRef }: Scene): Try[] {
  const post = async (body: string): Promise<Answer> =>
    custodian.send(`/api/imports?subject=${subjectRef}`, { token: await custodian.token('records'), key: randomUUID(), body });
  const edits: [string, (copy: Bundle, entry: Entry) => void][] = [
    ['a type of bundle', (copy) => (copy.type = canaries.word())],
    ['a type of resource', (_, { resource }) => (resource['resourceType'] = canaries.word())],
    ['a method', (_, { request }) => (request['method'] = canaries.word())],
    ['an address to write to', (_, { request }) => (request['url'] = canaries.word())],
    ['a full URL', (_, entry) => (entry.fullUrl = canaries.sentence())],
    ['an id', (_, { resource }) => (resource['id'] = canaries.sentence())],
    ['a full URL that occurs twice', ({ entry }, one) => (one.fullUrl = entry[5]?.fullUrl ?? '')],
    ['a reference to no entry', (_, { resource }) => (resource['subject'] = { reference: `urn:uuid:${canaries.uuid()}` })],
    ['a reference to an unknown patient', (_, { resource }) => (resource['subject'] = { reference: `Patient/${canaries.word()}` })],
    ['a search', (_, { resource }) => (resource['subject'] = { reference: `Patient?identifier=${canaries.word()}|${canaries.word()}` })],
    [
      'a search by something else',
      (_, { resource }) => (resource['subject'] = { reference: `Patient?${canaries.word()}=${canaries.word()}` }),
    ],
    ['a search for a type', (_, { resource }) => (resource['subject'] = { reference: `Nothing?identifier=${canaries.word()}` })],
    ['a patient elsewhere', (_, { resource }) => (resource['subject'] = { reference: `https://${canaries.word()}.example/Patient/1` })],
    ['a condition', (_, { request }) => Object.assign(request, { ifNoneExist: `${canaries.word()}=${canaries.sentence()}` })],
    [
      'a version',
      (_, { request }) => Object.assign(request, { method: 'PUT', url: `Encounter/${canaries.word()}`, ifMatch: canaries.word() }),
    ],
  ];
  return [
    ...edits.map(([what, edit]): Try => {
      const copy = JSON.parse(bundle) as Bundle;
      const entry = copy.entry[4];
      if (entry !== undefined) edit(copy, entry);
      return [`a bundle with ${what} that is not valid`, () => post(JSON.stringify(copy))];
    }),
    ['a bundle that ends too early', () => post(bundle.slice(0, -2000))],
    ['a bundle that is no JSON', () => post(`{"resourceType": ${canaries.sentence()}}`)],
    ['a text for a bundle', () => post(JSON.stringify(canaries.sentence()))],
  ];
}

function badAddresses({ canaries, custodian, subjectRef, bundle }: Scene): Try[] {
  const get = async (path: string): Promise<Answer> => custodian.send(path, { token: await custodian.token('records') });
  const importTo = async (subject: string): Promise<Answer> =>
    custodian.send(`/api/imports?subject=${subject}`, { token: await custodian.token('records'), key: randomUUID(), body: bundle });
  return [
    ['an unknown patient', () => importTo('A'.repeat(22))],
    ['a patient reference that is none', () => importTo(encodeURIComponent(canaries.sentence()))],
    ['an unknown parameter', () => get(`/api/records?subject=${subjectRef}&${canaries.word()}=${canaries.word()}`)],
    ['a record id that is none', () => get(`/api/records/${encodeURIComponent(canaries.sentence())}`)],
    ['an unknown route', () => get(`/api/${canaries.word()}/${canaries.word()}`)],
    ['an address that is wrongly encoded', () => get(`/api/records/%E0%A4%A${canaries.word()}`)],
  ];
}

function badTokens({ canaries, custodian, counterparty, subjectRef }: Scene): Try[] {
  const get = async (token: Promise<string> | string): Promise<Answer> =>
    custodian.send(`/api/records?subject=${subjectRef}`, { token: await token });
  return [
    ['a token that is none', () => get(canaries.word())],
    ["another organisation's token", () => get(counterparty.token('records', canaries.sentence()))],
    ['a token that has expired', () => get(custodian.token('records', canaries.sentence(), -600))],
    ['a role that may not', () => get(custodian.token('insurer-clerk', canaries.sentence()))],
    ['a role that is none', () => get(custodian.token(canaries.word(), canaries.sentence()))],
  ];
}

async function badBodies({ canaries, custodian, counterparty, relationRef }: Scene): Promise<Try[]> {
  const { registration } = await registerPatient(newWallet(), custodian.mspId as Parameters<typeof registerPatient>[1]);
  const register = async (body: unknown): Promise<Answer> =>
    custodian.send('/api/patients', { token: await custodian.token('registrar'), key: randomUUID(), body });
  const ask = async (body: unknown): Promise<Answer> =>
    counterparty.send('/api/access-requests', { token: await counterparty.token('physician'), key: randomUUID(), body });
  const identity = (): object => ({ name: canaries.sentence(), birthDate: canaries.day(), nationalId: canaries.word() });
  return [
    ['an unknown field', () => register({ registration, details: { ...identity(), [canaries.word()]: canaries.sentence() } })],
    ['a birth date that is none', () => register({ registration, details: { ...identity(), birthDate: canaries.word() } })],
    ['a name that is too long', () => register({ registration, details: { ...identity(), name: canaries.sentence().padEnd(300, 'x') } })],
    ['a signed statement that is none', () => register({ registration: canaries.sentence(), details: identity() })],
    ['a body that is no JSON', () => register(`{"registration": "${canaries.word()}`)],
    [
      'a body that is too large',
      () => register({ registration, details: { ...identity(), name: canaries.sentence().padEnd(2_000_000, 'x') } }),
    ],
    ['a purpose and a category that are none', () => ask({ relationRef, purpose: canaries.word(), categories: [canaries.word()] })],
    ['a relation that is none', () => ask({ relationRef: canaries.sentence(), purpose: 'TREAT', categories: ['laboratory'] })],
    [
      'a consent that is none',
      () =>
        counterparty.send('/api/consents', { body: { consent: canaries.sentence(), documents: { [canaries.word()]: canaries.word() } } }),
    ],
  ];
}
