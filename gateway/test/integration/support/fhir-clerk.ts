import { randomUUID } from 'node:crypto';
import type { Answer } from '../../support/door';
import { LoadPatient, type LoadStage } from './load-patient';

/** What a client knows to be held: the resource's words, version by version. */
export interface Written {
  /** `Type/id`. */
  readonly reference: string;
  readonly words: string[];
  isDeleted: boolean;
}

/** The records of one patient as they must be held. */
export interface Chart {
  readonly patient: LoadPatient;
  readonly written: Written[];
}

interface Wish {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
}

const LAB = 'urn:lab';

/** A client of the custodian that registers one patient after another and writes each one's chart in every way that FHIR has, each step once answered. */
export class FhirClerk {
  readonly charts: Chart[] = [];

  constructor(readonly stage: LoadStage) {}

  async writeChart(): Promise<void> {
    const patient = new LoadPatient(this.stage);
    const chart: Chart = { patient, written: [] };
    this.charts.push(chart);
    await patient.register();
    const [subject = ''] = await this.#begin(chart);
    const first = await this.#create(chart, subject);
    await this.#change(chart, first, subject);
    await this.#createOnce(chart, subject);
    await this.#send(chart, { method: 'DELETE', path: `/${first.reference}`, headers: { 'if-match': 'W/"3"' }, status: 204 });
    first.isDeleted = true;
    await this.#patchFound(chart, subject);
  }

  /** A transaction of a patient and two of her results. Gives the references. */
  async #begin(chart: Chart): Promise<string[]> {
    const fullUrl = `urn:uuid:${randomUUID()}`;
    const words = ['one', 'two'].map((word) => `${word} ${randomUUID()}`);
    const resources = [{ resourceType: 'Patient', gender: 'unknown' }, ...words.map((word) => newObservation(fullUrl, word))];
    const entry = resources.map((resource, at) => ({
      ...(at === 0 ? { fullUrl } : {}),
      resource,
      request: { method: 'POST', url: resource.resourceType },
    }));
    const body = { resourceType: 'Bundle', type: 'transaction', entry };
    const answer = await this.#send(chart, { method: 'POST', path: '', body, status: 200 });
    const placed = (answer.body as { entry: { response: { location: string } }[] }).entry;
    const references = placed.map(({ response }) => response.location.split('/').slice(-4, -2).join('/'));
    for (const [at, reference] of references.entries()) chart.written.push({ reference, words: [words[at - 1] ?? ''], isDeleted: false });
    return references;
  }

  async #create(chart: Chart, subject: string, word = randomUUID()): Promise<Written> {
    const { body } = await this.#send(chart, { method: 'POST', path: '/Observation', body: newObservation(subject, word), status: 201 });
    const written = { reference: `Observation/${String(body.id)}`, words: [word], isDeleted: false };
    chart.written.push(written);
    return written;
  }

  /** An update and a patch, each of the version before. */
  async #change(chart: Chart, { reference, words }: Written, subject: string): Promise<void> {
    const [updated, patched] = [randomUUID(), randomUUID()];
    const path = `/${reference}`;
    const body = { ...newObservation(subject, updated), id: reference.split('/')[1] };
    await this.#send(chart, { method: 'PUT', path, body, headers: { 'if-match': 'W/"1"' }, status: 200 });
    await this.#send(chart, { method: 'PATCH', path, body: newPatch('/valueString', patched), status: 200 });
    words.push(updated, patched);
  }

  /** Two requests of different keys for one resource. */
  async #createOnce(chart: Chart, subject: string): Promise<void> {
    const word = randomUUID();
    const once = { method: 'POST', path: '/Observation', body: newObservation(subject, word) };
    const headers = { 'if-none-exist': `identifier=${LAB}|${word}` };
    const made = await this.#send(chart, { ...once, headers, status: 201 });
    const found = await this.#send(chart, { ...once, headers, status: 200 });
    expect(found.body).toEqual(made.body);
    chart.written.push({ reference: `Observation/${String(made.body.id)}`, words: [word], isDeleted: false });
  }

  /** A patch of what a condition finds, after which the condition finds nothing. */
  async #patchFound(chart: Chart, subject: string): Promise<void> {
    const { words } = await this.#create(chart, subject);
    const [word = ''] = words;
    const path = `/Observation?identifier=${encodeURIComponent(`${LAB}|${word}`)}`;
    await this.#send(chart, { method: 'PATCH', path, body: newPatch('/identifier/0/value', `late ${word}`), status: 200 });
    words.push(word);
  }

  /** Sent with the same key until it is answered. @throws Error when it never is */
  async #send({ patient }: Chart, { method, path, body, headers, status }: Wish): Promise<Answer> {
    const { log, custodian } = this.stage;
    const type = { 'content-type': method === 'PATCH' ? 'application/json-patch+json' : 'application/fhir+json' };
    const all = { ...(body === undefined ? {} : type), 'medaccord-subject': patient.subjectRef, ...headers };
    const newSend = (key: string) => async (): Promise<Answer> =>
      custodian.send(`/fhir${path}`, { method, token: await custodian.token('records'), key, headers: all, body });
    const answer = await log.perform('fhir', newSend);
    if (answer?.status !== status) throw new Error(`${method} ${path}: not ${String(status)} but ${answer?.text ?? 'no answer'}`);
    return answer;
  }
}

function newObservation(subject: string, word: string): { readonly resourceType: string } {
  const fields = { status: 'final', code: { text: 'a result' }, subject: { reference: subject }, valueString: word };
  return { resourceType: 'Observation', ...fields, identifier: [{ system: LAB, value: word }] } as { readonly resourceType: string };
}

const newPatch = (path: string, value: string): object => [{ op: 'replace', path, value }];
