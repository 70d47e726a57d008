import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The forms in which a secret could have been written down. */
function formsOf(canary: string): ReadonlyMap<string, Buffer> {
  const bytes = Buffer.from(canary);
  const forms = new Map<string, Buffer>([
    ['plain', bytes],
    ['lower case', Buffer.from(canary.toLowerCase())],
    ['utf-16', Buffer.from(canary, 'utf16le')],
    ['hex', Buffer.from(bytes.toString('hex'))],
    ['upper hex', Buffer.from(bytes.toString('hex').toUpperCase())],
    ['percent', Buffer.from([...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''))],
    ['encodeURIComponent', Buffer.from(encodeURIComponent(canary))],
  ]);
  // Base64 of a text inside another depends on where it begins; the characters at the seams are left out.
  for (const offset of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const core = encoded.slice(offset === 0 ? 0 : offset + 1, bytes.length % 3 === (3 - offset) % 3 ? undefined : -1);
    forms.set(`base64 at ${String(offset)}`, Buffer.from(core));
    forms.set(`base64url at ${String(offset)}`, Buffer.from(core.replaceAll('+', '-').replaceAll('/', '_')));
  }
  for (const algorithm of ['sha256', 'sha1', 'md5', 'sha512']) {
    const digest = createHash(algorithm).update(bytes).digest();
    forms.set(algorithm, digest);
    forms.set(`${algorithm} hex`, Buffer.from(digest.toString('hex')));
    forms.set(`${algorithm} base64`, Buffer.from(digest.toString('base64').replaceAll('=', '')));
    forms.set(`${algorithm} base64url`, Buffer.from(digest.toString('base64url')));
  }
  return forms;
}

/** Where any of the canaries stands in any form; the haystacks are named bytes. */
export function findCanaries(canaries: readonly string[], haystacks: Iterable<readonly [string, Uint8Array]>): string[] {
  const needles = canaries.flatMap((canary) => [...formsOf(canary)].map(([form, bytes]) => ({ canary, form, bytes })));
  const found: string[] = [];
  for (const [name, bytes] of haystacks) {
    const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const needle of needles) if (haystack.includes(needle.bytes)) found.push(`${needle.canary} (${needle.form}) in ${name}`);
  }
  return found;
}

/** Every file below a folder. */
export function* readFolder(folder: string): Iterable<readonly [string, Uint8Array]> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) yield [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name))];
  }
}

/** A bundle in which every string that may hold anything, every date and every identifier is a canary of its own. */
export function newCanaryBundle(seed: string): { readonly bundle: object; readonly canaries: readonly string[] } {
  const canaries: string[] = [];
  const mark = (name: string): string => {
    const canary = `cnry-${name}-${createHash('sha256')
      .update(seed + name)
      .digest('hex')
      .slice(0, 12)}`;
    canaries.push(canary);
    return canary;
  };
  const year = 1800 + (Number.parseInt(createHash('sha256').update(seed).digest('hex').slice(0, 4), 16) % 150);
  const date = (month: number): string => {
    const canary = `${String(year)}-${String(month).padStart(2, '0')}-17`;
    canaries.push(canary);
    return canary;
  };
  const patient = `urn:uuid:${mark('patient-url')}`;
  const entry = (resource: object, type: string): object => ({
    fullUrl: `urn:uuid:${mark(`${type}-url`)}`,
    resource,
    request: { method: 'POST', url: type },
  });
  return {
    canaries,
    bundle: {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        {
          fullUrl: patient,
          request: { method: 'PUT', url: `Patient/${mark('patient-id')}` },
          resource: {
            resourceType: 'Patient',
            id: canaries.at(-1),
            text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${mark('narrative')}</div>` },
            identifier: [{ system: 'http://hospital.example/mrn', value: mark('mrn') }],
            name: [{ family: mark('family'), given: [mark('given')] }],
            birthDate: date(1),
            address: [{ line: [mark('street')], city: mark('city'), postalCode: mark('postal') }],
            telecom: [{ system: 'phone', value: mark('phone') }],
          },
        },
        entry(
          {
            resourceType: 'Condition',
            subject: { reference: patient },
            code: { coding: [{ system: 'http://snomed.info/sct', code: mark('snomed'), display: mark('diagnosis') }], text: mark('text') },
            onsetDateTime: date(2),
            note: [{ text: mark('note') }],
          },
          'Condition',
        ),
        entry(
          {
            resourceType: 'Observation',
            status: 'final',
            category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] }],
            code: { coding: [{ system: 'http://loinc.org', code: mark('loinc') }] },
            subject: { reference: patient },
            effectiveDateTime: date(3),
            valueString: mark('value'),
          },
          'Observation',
        ),
      ],
    },
  };
}
