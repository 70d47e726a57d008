import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { JsonObject } from '../../../src/fhir/json-value';
import { validateResource } from '../../../src/validation';

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
type Entry = { fullUrl: string; resource: { [name: string]: Json }; request: { method: string; url: string; ifNoneExist?: string } };
type Bundle = { entry: Entry[] };

const DATE = /^\d{4}(-\d{2}(-\d{2}(T.*)?)?)?$/;
const URI = /^(?:https?|urn):/;

/** Makes canaries: texts that stand nowhere else in the world, each remembered. */
export class Canaries {
  readonly texts = new Set<string>();

  /** With letters beyond ASCII, a space and a slash, so that encodings of it differ from the text itself. */
  sentence(): string {
    return this.#keep(`Kanári ${newWord()}/${newWord()}`);
  }

  word(): string {
    return this.#keep(`K${newWord()}`);
  }

  uuid(): string {
    return this.#keep(randomUUID());
  }

  /** A day in a century of its own. */
  day(): string {
    const two = (most: number): string => String(randomInt(1, most + 1)).padStart(2, '0');
    const day = `${String(randomInt(1300, 1800))}-${two(12)}-${two(28)}`;
    return this.texts.has(day) ? this.day() : this.#keep(day);
  }

  instant(): string {
    const two = (most: number): string => String(randomInt(most)).padStart(2, '0');
    return this.#keep(`${this.day()}T${two(24)}:${two(60)}:${two(60)}+03:30`);
  }

  number(isWhole: boolean): number {
    const whole = randomInt(10 ** 13, 2 * 10 ** 14);
    const number = isWhole ? whole : Number(`${String(randomInt(10_000, 99_999))}.${String(randomInt(1_000, 9_999))}7`);
    this.texts.add(String(number));
    return number;
  }

  #keep(text: string): string {
    this.texts.add(text);
    return text;
  }
}

/** Lowercase letters and digits that no encoding of anything else is likely to hold. */
function newWord(): string {
  return randomBytes(9).toString('base64url').replaceAll(/[_-]/g, 'q').toLowerCase();
}

/**
 * The bundle with a canary in place of every string, date, identifier, address, code and number that it holds. What stays: types of resources, the
 * codes of observations' categories and whatever `meta` holds, by which a consent tells records apart, and what FHIR allows no other value for.
 */
export function newCanaryBundle(text: string, canaries: Canaries): string {
  const bundle = JSON.parse(text) as Bundle;
  const urls = new Map(bundle.entry.map(({ fullUrl }) => [fullUrl, `urn:uuid:${canaries.uuid()}`]));
  const entry = bundle.entry.map(({ fullUrl, resource, request }): Entry => {
    const changed = makeValid(changeObject(resource, { canaries, urls }), resource);
    changed['meta'] ??= { source: `https://${canaries.word()}.example/${canaries.word()}`, tag: [{ display: canaries.sentence() }] };
    return { fullUrl: urls.get(fullUrl) ?? '', resource: changed, request: changeRequest(request, changed) };
  });
  giveOwnIds(entry, canaries);
  return JSON.stringify({ ...bundle, entry });
}

/** Takes back what was there wherever FHIR refuses a canary: codes of required value sets, periods that would end before they start. */
function makeValid(changed: Entry['resource'], before: Entry['resource']): Entry['resource'] {
  const made: unknown = changed;
  for (const { path } of validateResource(made as JsonObject)) {
    const names = path.split(/[.[\]]+/).filter((name) => name !== '');
    takeBack(changed, before, names.slice(1));
  }
  return changed;
}

function takeBack(to: unknown, from: unknown, [name, ...rest]: readonly string[]): void {
  if (name === undefined) return;
  const [target, source] = [to as Record<string, unknown>, from as Record<string, unknown>];
  if (rest.length === 0) target[name] = source[name];
  else takeBack(target[name], source[name], rest);
}

/** Every third resource comes with an id of its sender's and keeps it. */
function giveOwnIds(entries: readonly Entry[], canaries: Canaries): void {
  for (const { resource, request } of entries.filter(({ request: { ifNoneExist } }, at) => ifNoneExist === undefined && at % 3 === 0)) {
    const id = canaries.word();
    resource['id'] = id;
    Object.assign(request, { method: 'PUT', url: `${request.url}/${id}` });
  }
}

function changeRequest(request: Entry['request'], { identifier }: Entry['resource']): Entry['request'] {
  if (request.ifNoneExist === undefined) return { ...request };
  const [first] = identifier as { system: string; value: string }[];
  return { ...request, ifNoneExist: `identifier=${encodeURIComponent(`${first?.system ?? ''}|${first?.value ?? ''}`)}` };
}

type Tools = { readonly canaries: Canaries; readonly urls: ReadonlyMap<string, string> };

function changeObject(object: { [name: string]: Json }, tools: Tools): { [name: string]: Json } {
  const isObservation = object['resourceType'] === 'Observation';
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => {
      if (name === 'resourceType' || name === 'meta' || (isObservation && name === 'category')) return [name, value];
      return [name, change(name, value, tools)];
    }),
  );
}

function change(name: string, value: Json, tools: Tools): Json {
  if (Array.isArray(value)) return value.map((item) => change(name, item, tools));
  if (typeof value === 'string') return changeText(name, value, tools);
  if (typeof value === 'number') return tools.canaries.number(Number.isInteger(value));
  return typeof value === 'object' && value !== null ? changeObject(value, tools) : value;
}

function changeText(name: string, text: string, { canaries, urls }: Tools): string {
  const url = urls.get(text);
  if (url !== undefined) return url;
  if (name === 'div') return changeNarrative(text, { canaries, urls });
  if (name === 'data') return newAttachment(canaries);
  if (DATE.test(text)) return text.includes('T') ? canaries.instant() : canaries.day();
  if (URI.test(text)) return `https://${canaries.word()}.example/${canaries.word()}`;
  return /[ ,;]/.test(text) ? canaries.sentence() : canaries.word();
}

function changeNarrative(text: string, { canaries, urls }: Tools): string {
  const link = [...urls].find(([url]) => text.includes(url))?.[1] ?? '';
  return `<div xmlns="http://www.w3.org/1999/xhtml">${canaries.sentence()} <a href="${link}">${canaries.sentence()}</a></div>`;
}

/** An attachment's text is a canary, and so is its base64, which is the string in the bundle. */
function newAttachment(canaries: Canaries): string {
  const data = Buffer.from(`${canaries.sentence()}, ${canaries.sentence()}`).toString('base64');
  canaries.texts.add(data);
  return data;
}
