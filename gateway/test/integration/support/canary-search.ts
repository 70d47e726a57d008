import { createHash } from 'node:crypto';

interface Needle {
  readonly bytes: Buffer;
  readonly name: string;
}

/** Where a needle begins, four bytes of it: what a haystack is looked through for. */
const KEY_BYTES = 4;
/** What may be base64 of something; shorter than this says nothing. */
const BASE64_RUN = /[A-Za-z0-9+/_-]{24,}/g;
/** Wrappings inside wrappings, such as a signed statement in a JSON in base64, are opened as deep as this. */
const DEEPEST = 3;

/** Texts that must stand nowhere, in all the forms in which they could be written down, sought in one pass. */
export class CanarySearch {
  readonly #needles = new Map<number, Needle[]>();
  #bytes = 0;

  constructor(canaries: Iterable<string>) {
    for (const canary of canaries) for (const [form, bytes] of formsOf(canary)) this.#add({ bytes, name: `${canary} (${form})` });
  }

  /** How much was looked through so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What was found, and where. Base64 inside is opened and looked through as well. */
  find(place: string, haystack: Uint8Array): string[] {
    return [...new Set(this.#look(place, Buffer.from(haystack.buffer, haystack.byteOffset, haystack.byteLength), 0))];
  }

  #look(place: string, haystack: Buffer, depth: number): string[] {
    this.#bytes += haystack.length;
    const found: string[] = [];
    for (let at = 0; at + KEY_BYTES <= haystack.length; at += 1) {
      const needles = this.#needles.get(haystack.readUInt32BE(at));
      if (needles === undefined) continue;
      for (const { bytes, name } of needles) if (haystack.subarray(at, at + bytes.length).equals(bytes)) found.push(`${name} in ${place}`);
    }
    if (depth === DEEPEST) return found;
    const inside = [...haystack.toString('latin1').matchAll(BASE64_RUN)].map(([run]) => Buffer.from(run, 'base64url'));
    if (inside.length > 0)
      found.push(...this.#look(`base64 in ${place}`, Buffer.concat(inside.flatMap((bytes) => [bytes, GAP])), depth + 1));
    return found;
  }

  #add(needle: Needle): void {
    if (needle.bytes.length < KEY_BYTES) throw new Error(`${needle.name} is too short to be sought`);
    const key = needle.bytes.readUInt32BE(0);
    const others = this.#needles.get(key);
    if (others === undefined) this.#needles.set(key, [needle]);
    else others.push(needle);
  }
}

/** Keeps what was decoded apart. */
const GAP = Buffer.from([0, 0]);

/** The forms in which a text could have been written down. */
function formsOf(text: string): [form: string, bytes: Buffer][] {
  const bytes = Buffer.from(text);
  const digest = createHash('sha256').update(bytes).digest();
  const texts: [string, string][] = [
    ['lower case', text.toLowerCase()],
    ['upper case', text.toUpperCase()],
    ['JSON, ASCII only', escapeUnicode(text)],
    ['hex', bytes.toString('hex')],
    ['hex, upper case', bytes.toString('hex').toUpperCase()],
    ['percent-encoded', encodeURIComponent(text)],
    ['percent-encoded throughout', [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('')],
    ['form-encoded', new URLSearchParams({ x: text }).toString().slice(2)],
    ...[0, 1, 2].flatMap((offset): [string, string][] => {
      const core = base64At(bytes, offset);
      return [
        [`base64 at ${String(offset)}`, core],
        [`base64url at ${String(offset)}`, core.replaceAll('+', '-').replaceAll('/', '_')],
      ];
    }),
    ['sha256, hex', digest.toString('hex')],
    ['sha256, hex, upper case', digest.toString('hex').toUpperCase()],
    ['sha256, base64', digest.toString('base64').replaceAll('=', '')],
    ['sha256, base64url', digest.toString('base64url')],
  ];
  const forms: [string, Buffer][] = [
    ['plain', bytes],
    ['UTF-16', Buffer.from(text, 'utf16le')],
    ['sha256', digest],
    ...texts.map(([form, written]): [string, Buffer] => [form, Buffer.from(written)]),
  ];
  const distinct = new Map(forms.toReversed().map(([form, written]) => [written.toString('latin1'), [form, written] as [string, Buffer]]));
  return [...distinct.values()];
}

/** What is certain of the base64 of anything in which the bytes begin at `offset` modulo 3: the characters at the seams are left out. */
function base64At(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replaceAll('=', '');
  const end = (offset + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1;
  return encoded.slice(offset === 0 ? 0 : offset + 1, end);
}

function escapeUnicode(text: string): string {
  return text.replaceAll(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
