import { dataKeyPreimage, type Salt } from '@medaccord/chaincode/model';
import {
  DecryptFailed,
  SUITES,
  assertDataKey,
  assertOpens,
  commit,
  commitDataKey,
  decryptPart,
  encryptPart,
  formatBase64url,
  generateSealingKey,
  hashBytes,
  importSealingKey,
  newDataKey,
  newRandomBytes,
  newSalt,
  open,
  parseBase64url,
  seal,
  type DataContext,
  type SealingContext,
} from '.';
import vector from './testdata/rfc9180-p256-sha256-aes256gcm.json';

const hex = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'hex'));
const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const context: SealingContext = { kind: 'wrap', ref: 'recordrecordrecordreco', id: '1', recipient: 'AMSP' };

/** Every envelope that differs from this one in one bit of one field. */
function flipBits(envelope: string): string[] {
  const fields = JSON.parse(envelope) as Record<string, unknown>;
  return ['enc', 'ciphertext', 'nonce'].flatMap((name) => {
    const value = fields[name];
    if (typeof value !== 'string') return [];
    const bytes = parseBase64url(value);
    return [0, bytes.length >> 1, bytes.length - 1].map((at) => {
      const flipped = bytes.slice();
      flipped[at]! ^= 1;
      return envelope.replace(value, formatBase64url(flipped));
    });
  });
}

describe('the suite HPKE-P256-SHA256-A256GCM', () => {
  const { hpke } = SUITES['HPKE-P256-SHA256-A256GCM'];

  it('derives the recipient key of RFC 9180 and opens its ciphertexts', async () => {
    const pair = await hpke.kem.deriveKeyPair(hex(vector.ikmR).buffer);
    expect(Buffer.from(await hpke.kem.serializePublicKey(pair.publicKey)).toString('hex')).toBe(vector.pkRm);
    const recipient = await hpke.createRecipientContext({ recipientKey: pair, enc: hex(vector.enc), info: hex(vector.info) });
    for (const { aad, ct, pt } of vector.encryptions) {
      expect(Buffer.from(await recipient.open(hex(ct), hex(aad))).toString('hex')).toBe(pt);
    }
  });

  it('makes the encapsulation and the ciphertexts of RFC 9180 from its ephemeral key', async () => {
    const recipientPublicKey = await hpke.kem.deserializePublicKey(hex(vector.pkRm));
    const ekm = await hpke.kem.deriveKeyPair(hex(vector.ikmE).buffer);
    const sender = await hpke.createSenderContext({ recipientPublicKey, info: hex(vector.info), ekm });
    expect(Buffer.from(sender.enc).toString('hex')).toBe(vector.enc);
    for (const { aad, ct, pt } of vector.encryptions) expect(Buffer.from(await sender.seal(hex(pt), hex(aad))).toString('hex')).toBe(ct);
  });
});

describe('a sealed envelope', () => {
  it('opens to what was sealed, for its recipient and purpose', async () => {
    const key = await importSealingKey(await generateSealingKey());
    const envelope = await seal(key, context, utf8('data key'));
    expect(Object.keys(JSON.parse(envelope) as object)).toEqual(['ciphertext', 'enc', 'suite', 'v']);
    await expect(open(key, context, envelope)).resolves.toEqual(utf8('data key'));
  });

  it('is another one each time', async () => {
    const key = await importSealingKey(await generateSealingKey());
    expect(await seal(key, context, utf8('same'))).not.toBe(await seal(key, context, utf8('same')));
  });

  it('fails in one way for every wrong bit, context, key and form', async () => {
    const stored = await generateSealingKey();
    const key = await importSealingKey(stored);
    const other = await importSealingKey(await generateSealingKey());
    const envelope = await seal(key, context, utf8('data key'));
    const second = await seal(key, context, utf8('data key'));
    const swapped = envelope.replace(/"enc":"[^"]+"/, /"enc":"[^"]+"/.exec(second)![0]);
    const forms = ['', '{}', 'null', ` ${envelope}`, envelope.replace('"v":1', '"v":2'), envelope.replace('P256', 'P384')];
    const wrongTexts = [...flipBits(envelope), swapped, ...forms, envelope.replace('{', '{"a":1,'), envelope.slice(0, -8)];
    const wrongContexts = Object.keys(context).map((name) => ({ ...context, [name]: `${context[name as keyof SealingContext]}x` }));
    const failures = await Promise.all([
      ...wrongTexts.map((text) => open(key, context, text).catch((error: unknown) => error)),
      ...wrongContexts.map((wrong) => open(key, wrong, envelope).catch((error: unknown) => error)),
      open(other, context, envelope).catch((error: unknown) => error),
    ]);
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(DecryptFailed);
      expect(String((failure as Error).cause)).toBe('undefined');
      expect((failure as Error).message).toBe('The envelope could not be opened.');
    }
  });

  it('cannot be made for a point that is not on the curve', async () => {
    const publicKey = formatBase64url(Uint8Array.from({ length: 65 }, (_, at) => (at === 0 ? 4 : 1)));
    await expect(seal({ suite: 'HPKE-P256-SHA256-A256GCM', publicKey }, context, utf8('x'))).rejects.toThrow();
  });
});

describe('a data envelope', () => {
  const place: DataContext = { recordId: 'recordrecordrecordreco', version: 1, custodian: 'AMSP', salt: newSalt(), part: 'payload' };

  it('decrypts to what was encrypted', async () => {
    const key = newDataKey();
    const payload = newRandomBytes(60_000);
    await expect(decryptPart(key, place, await encryptPart(key, place, payload))).resolves.toEqual(payload);
  });

  it('fails in one way for every wrong bit, place, part, key and form', async () => {
    const key = newDataKey();
    const envelope = await encryptPart(key, place, utf8('{"resourceType":"Patient"}'));
    const details = await encryptPart(key, { ...place, part: 'details' }, utf8('{}'));
    const wrongPlaces = [{ recordId: 'x' }, { version: 2 }, { custodian: 'BMSP' }, { salt: newSalt() }, { part: 'details' as const }];
    const failures = await Promise.all([
      ...[...flipBits(envelope), details, '{}', '', `${envelope} `].map((text) =>
        decryptPart(key, place, text).catch((error: unknown) => error),
      ),
      ...wrongPlaces.map((wrong) => decryptPart(key, { ...place, ...wrong }, envelope).catch((error: unknown) => error)),
      decryptPart(newDataKey(), place, envelope).catch((error: unknown) => error),
      decryptPart(newRandomBytes(16), place, envelope).catch((error: unknown) => error),
    ]);
    for (const failure of failures) expect(failure).toBeInstanceOf(DecryptFailed);
  });

  it('that opens under two keys is caught by the commitment to the data key', async () => {
    const [one, other] = [newDataKey(), newDataKey()];
    const salt = newSalt();
    const commitment = await commitDataKey(one, salt);
    const twoFaced = await forgeForTwoKeys(one, other, place);
    // GCM itself does not notice: both keys open it, to different contents.
    const [first, second] = await Promise.all([decryptPart(one, place, twoFaced), decryptPart(other, place, twoFaced)]);
    expect(first).not.toEqual(second);
    await expect(assertDataKey(commitment, one, salt)).resolves.toBeUndefined();
    await expect(assertDataKey(commitment, other, salt)).rejects.toBeInstanceOf(DecryptFailed);
  });
});

describe('a commitment', () => {
  it('is SHA-256 of domain, zero, salt and bytes', async () => {
    const salt = 'AAAAAAAAAAAAAAAAAAAAAA' as Salt;
    const expected = await hashBytes(Buffer.concat([Buffer.from('medaccord/data-key\0'), Buffer.alloc(16), Buffer.from('key')]));
    expect(await commit(dataKeyPreimage(utf8('key'), salt))).toBe(expected);
  });

  it('opens to its own preimage only', async () => {
    const salt = newSalt();
    const commitment = await commit(dataKeyPreimage(utf8('key'), salt));
    await expect(assertOpens(commitment, dataKeyPreimage(utf8('key'), salt))).resolves.toBeUndefined();
    await expect(assertOpens(commitment, dataKeyPreimage(utf8('kez'), salt))).rejects.toMatchObject({ code: 'COMMITMENT_MISMATCH' });
    await expect(assertOpens(commitment, dataKeyPreimage(utf8('key'), newSalt()))).rejects.toMatchObject({ code: 'COMMITMENT_MISMATCH' });
  });
});

/**
 * A ciphertext that authenticates under two keys (Dodis, Grubbs, Ristenpart, Woodage: Fast Message Franking, CRYPTO 2018): a block is
 * chosen so that GHASH meets the same tag under both. Built from AES alone, as an attacker would.
 */
async function forgeForTwoKeys(one: Uint8Array<ArrayBuffer>, other: Uint8Array<ArrayBuffer>, at: DataContext): Promise<string> {
  const { recordId, version, custodian, salt, part } = at;
  const aad = utf8(JSON.stringify({ custodian, part, recordId, salt, version }));
  const nonce = newRandomBytes(12);
  const start = newRandomBytes(16);
  const lengths = toBlock((BigInt(aad.length * 8) << 64n) | BigInt(32 * 8));
  const sides = await Promise.all(
    [one, other].map(async (key) => {
      const h = toInt(await encryptBlock(key, new Uint8Array(16)));
      const mask = toInt(await encryptBlock(key, Uint8Array.from([...nonce, 0, 0, 0, 1])));
      const blocks = [...chunk(aad), start, new Uint8Array(16), lengths].map(toInt);
      const fixed = blocks.reduce((sum, block) => multiply(sum ^ block, h), 0n) ^ mask;
      return { fixed, factor: multiply(h, h) };
    }),
  );
  const [a, b] = [sides[0]!, sides[1]!];
  // tag = fixed + x * factor on both sides: x = (fixedA + fixedB) / (factorA + factorB)
  const x = multiply(a.fixed ^ b.fixed, invert(a.factor ^ b.factor));
  const tag = a.fixed ^ multiply(x, a.factor);
  const ciphertext = Buffer.concat([start, toBlock(x), toBlock(tag)]);
  return JSON.stringify({ alg: 'A256GCM', ciphertext: formatBase64url(ciphertext), nonce: formatBase64url(nonce), v: 1 });
}

const chunk = (bytes: Uint8Array): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / 16) }, (_, at) => Uint8Array.from({ length: 16 }, (__, i) => bytes[at * 16 + i] ?? 0));
const toInt = (block: Uint8Array): bigint => BigInt(`0x${Buffer.from(block).toString('hex')}`);
const toBlock = (value: bigint): Uint8Array<ArrayBuffer> => hex(value.toString(16).padStart(32, '0'));

/** Multiplication in GF(2^128) as GCM orders its bits (NIST SP 800-38D section 6.3). */
function multiply(x: bigint, y: bigint): bigint {
  let z = 0n;
  let v = y;
  for (let bit = 127n; bit >= 0n; bit -= 1n) {
    if ((x >> bit) & 1n) z ^= v;
    v = v & 1n ? (v >> 1n) ^ (0xe1n << 120n) : v >> 1n;
  }
  return z;
}

/** x^(2^128 - 2). */
function invert(x: bigint): bigint {
  let result = 1n << 127n;
  let power = x;
  for (let bit = 1; bit < 128; bit += 1) {
    power = multiply(power, power);
    result = multiply(result, power);
  }
  return result;
}

/** One block of AES-256: the first block of CBC without chaining. */
async function encryptBlock(key: Uint8Array<ArrayBuffer>, block: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey('raw', key, 'AES-CBC', false, ['encrypt']);
  const encrypted = await crypto.subtle.encrypt({ name: 'AES-CBC', iv: new Uint8Array(16) }, imported, block);
  return new Uint8Array(encrypted).slice(0, 16);
}
