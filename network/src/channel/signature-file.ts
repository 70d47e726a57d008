import { readFileSync } from 'node:fs';
import { common } from '@hyperledger/fabric-protos';
import { z } from 'zod';
import { MalformedMessage, concat, readSerializedIdentity, readSignatureHeader, writeSignatureHeader } from '@medaccord/devnet/blocks';
import { newNonce, type SignedData, type Signer } from '@medaccord/devnet/configuration';
import { writePublicFile } from '../files';
import { parseConfiguration, writeConfiguration } from './channel-configuration';
import { ChannelError } from './channel-error';
import { describeUpdate, judgeUpdate, openChannelUpdate, type ChannelUpdate } from './channel-update';
import { newIdentityCheck } from './check-signature';
import { textOf } from './configuration-values';
import type { Requirement } from './required-policies';
import { describeCertificate } from './words/describe-certificate';

/** The form of the file; another form is another name. */
const FORMAT = 'medaccord-channel-update-1';

const base64 = z.base64();

const signatureFile = z.strictObject({
  format: z.literal(FORMAT),
  channel: z.string(),
  /** Of the configuration that the update was computed against. */
  sequence: z.int().min(0),
  /** What the update does. */
  summary: z.array(z.string()),
  /** Which policies must hold. */
  policies: z.array(z.string()),
  signatures: z.array(z.strictObject({ organisation: z.string(), by: z.string(), header: base64, signature: base64 })),
  /** Serialized common.ConfigUpdate: what is signed. */
  update: base64,
  /** Serialized common.Config that the update was computed against: the other half of the words. */
  configuration: base64,
});

type Content = z.output<typeof signatureFile>;

/** One admin's signature of an update. */
export interface UpdateSignature {
  readonly mspId: string;
  /** Serialized common.SignatureHeader: who signs. */
  readonly header: Uint8Array;
  readonly signature: Uint8Array;
}

/** An update on its way from member to member. */
export interface SignedUpdate {
  readonly update: ChannelUpdate;
  readonly signatures: readonly UpdateSignature[];
}

/** The update with one more signature. An identity that has signed already changes nothing. */
export function withSignature(signed: SignedUpdate, mspId: string, signer: Signer): SignedUpdate {
  if (signed.signatures.some(({ header }) => Buffer.compare(readSignatureHeader(header).creator, signer.identity) === 0)) return signed;
  const header = writeSignatureHeader({ creator: signer.identity, nonce: newNonce() });
  const signature = signer.sign(concat(header, signed.update.bytes));
  return { ...signed, signatures: [...signed.signatures, { mspId, header, signature }] };
}

/** The policies that the update needs, judged by its signatures. */
export function judgeSignatures({ update, signatures }: SignedUpdate): readonly Requirement[] {
  return judgeUpdate(
    update,
    signatures.map((signature) => toSignedData(signature, update.bytes)),
  );
}

/** Serialized common.ConfigUpdateEnvelope. */
export function writeUpdateEnvelope({ update, signatures }: SignedUpdate): Uint8Array {
  const envelope = new common.ConfigUpdateEnvelope();
  envelope.setConfigUpdate(update.bytes);
  for (const { header, signature } of signatures) {
    const message = envelope.addSignatures(new common.ConfigSignature());
    message.setSignatureHeader(header);
    message.setSignature(signature);
  }
  return envelope.serializeBinary();
}

/** Writes the file whole, or not at all. It holds nothing secret: every member is to read it. */
export function writeSignatureFile(file: string, signed: SignedUpdate): void {
  writePublicFile(file, formatSignatureFile(signed));
}

/** The file's text: for people from the top, for programs all of it. */
export function formatSignatureFile(signed: SignedUpdate): string {
  const { update, signatures } = signed;
  const content: Content = {
    format: FORMAT,
    channel: update.base.channel,
    sequence: update.base.sequence,
    ...describe(update),
    signatures: signatures.map(({ mspId, header, signature }) => ({
      organisation: mspId,
      by: describeSigner(header),
      header: encode(header),
      signature: encode(signature),
    })),
    update: encode(update.bytes),
    configuration: encode(writeConfiguration(update.base)),
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** @throws ChannelError CHANNEL_FILE_INVALID when there is no such file, and as `parseSignatureFile` */
export function readSignatureFile(file: string): SignedUpdate {
  return parseSignatureFile(readText(file), file);
}

/**
 * Reads an update with its signatures, and checks that the words are those of the bytes and that every signature is good.
 * @throws ChannelError CHANNEL_FILE_INVALID for what is no such file, CHANNEL_FILE_DIFFERS for one whose parts contradict each other,
 * CHANNEL_CONFIGURATION_UNSOUND for an update that nobody should make
 */
export function parseSignatureFile(text: string, source: string): SignedUpdate {
  const content = parseContent(text, source);
  const signed = openContent(content, source);
  const words = describe(signed.update);
  for (const part of ['summary', 'policies'] as const)
    if (JSON.stringify(content[part]) !== JSON.stringify(words[part]))
      throw refuse('CHANNEL_FILE_DIFFERS', source, `its ${part} says something else than the update that would be signed`);
  const check = newIdentityCheck(signed.update.base);
  for (const signature of signed.signatures) {
    const problem = check(toSignedData(signature, signed.update.bytes), signature.mspId);
    if (problem !== undefined) throw refuse('CHANNEL_FILE_DIFFERS', source, `the signature of ${signature.mspId} is not good: ${problem}`);
  }
  content.signatures.forEach(({ by, header }) => {
    if (by !== describeSigner(decodeBase64(header)))
      throw refuse('CHANNEL_FILE_DIFFERS', source, `it names another signer than the one of a signature`);
  });
  return signed;
}

function openContent({ channel, sequence, configuration, update, signatures }: Content, source: string): SignedUpdate {
  try {
    const base = parseConfiguration(channel, decodeBase64(configuration));
    if (base.sequence !== sequence) throw new MalformedMessage(`the configuration is number ${String(base.sequence)}`);
    return {
      update: openChannelUpdate(base, decodeBase64(update)),
      signatures: signatures.map(({ organisation, header, signature }) => ({
        mspId: organisation,
        header: decodeBase64(header),
        signature: decodeBase64(signature),
      })),
    };
  } catch (error) {
    if (error instanceof MalformedMessage) throw refuse('CHANNEL_FILE_DIFFERS', source, error.message);
    throw error;
  }
}

function describe(update: ChannelUpdate): Pick<Content, 'summary' | 'policies'> {
  const policies = judgeUpdate(update, []).map(({ reference, words }) => `${reference}: ${words}`);
  return { summary: [...describeUpdate(update)], policies };
}

function describeSigner(header: Uint8Array): string {
  return describeCertificate(textOf(readSerializedIdentity(readSignatureHeader(header).creator).idBytes));
}

function toSignedData({ header, signature }: UpdateSignature, update: Uint8Array): SignedData {
  return { identity: readSignatureHeader(header).creator, message: concat(header, update), signature };
}

function parseContent(text: string, source: string): Content {
  const parsed = signatureFile.safeParse(parseJson(text, source));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refuse('CHANNEL_FILE_INVALID', source, `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse('CHANNEL_FILE_INVALID', source, 'it is no JSON');
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw refuse('CHANNEL_FILE_INVALID', file, (error as Error).message);
  }
}

function refuse(code: 'CHANNEL_FILE_INVALID' | 'CHANNEL_FILE_DIFFERS', source: string, problem: string): ChannelError {
  const hint =
    code === 'CHANNEL_FILE_INVALID'
      ? 'Name a file that `channel` wrote.'
      : 'Do not sign it. Ask the member that sent it for the file, and compute the change yourself (`--dry-run`) to compare.';
  return new ChannelError(code, `${source} cannot be used: ${problem}.`, hint);
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function decodeBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
