import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';
import { writePublicFile } from '../../files';
import type { Organisation, Topology } from '../../topology';
import { writeMspFolder } from './msp-folder';
import { PublicPartError } from './public-part-error';

/** One certificate and nothing else: no key can be in it. As it is written, for a channel's configuration holds these very bytes. */
const certificate = z
  .string()
  .regex(/^-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----\r?\n?$/, 'must be one certificate, PEM');

const publicPart = z.strictObject({
  version: z.literal(1),
  network: z.string(),
  organisation: z.string(),
  mspId: z.string(),
  ca: certificate,
  tlsCa: certificate,
  /** Of its orderer, where it runs one. */
  orderer: z.strictObject({ identity: certificate, tls: certificate }).optional(),
});

/** What other members need to have of a member, and may: its authorities and its orderer's certificates. */
export type PublicPart = z.output<typeof publicPart>;

/** What of a member is on this machine: all of it, its public part, or nothing. */
export type Acquaintance = 'own' | 'known' | 'unknown';

/** The public part of a member as it is in the run folder. @throws PublicPartError MEMBER_FILE_INVALID when it is not there, or not whole */
export function readPublicPart({ name: network }: Topology, { name, mspId, msp, nodes, identities, tls }: Organisation): PublicPart {
  const orderer = { identity: read(identities.orderer.certificate), tls: read(tls.orderer.certificate) };
  const part = { version: 1, network, organisation: name, mspId, ca: read(msp.caCertificate), tlsCa: read(msp.tlsCaCertificate) };
  return parse(nodes.orderer === undefined ? part : { ...part, orderer }, `The material of ${name}`);
}

/** @throws PublicPartError MEMBER_FILE_INVALID */
export function parsePublicPart(text: string, file: string): PublicPart {
  try {
    return parse(JSON.parse(text), file);
  } catch (error) {
    if (error instanceof SyntaxError) throw newInvalid(`${file} is not JSON: ${error.message}`);
    throw error;
  }
}

export function findAcquaintance({ msp, ca, identities }: Organisation): Acquaintance {
  if (existsSync(ca.privateKey) || existsSync(identities.admin.privateKey)) return 'own';
  return existsSync(msp.caCertificate) ? 'known' : 'unknown';
}

/**
 * Takes a member's public part into the run folder, where its certificates may be newer than those that were there; its authorities stay.
 * @throws PublicPartError MEMBER_FILE_INVALID, MEMBER_FILE_DIFFERS
 */
export function importPublicPart(topology: Topology, part: PublicPart): Organisation {
  const member = findMember(topology, part);
  assertIssued(member, part);
  assertSameRoot(member, part.ca, member.msp.caCertificate);
  assertSameRoot(member, part.tlsCa, member.msp.tlsCaCertificate);
  writeMspFolder(member.msp.folder, { ca: part.ca, tlsCa: part.tlsCa });
  if (part.orderer !== undefined) {
    writePublicFile(member.identities.orderer.certificate, part.orderer.identity);
    writePublicFile(member.tls.orderer.certificate, part.orderer.tls);
  }
  return member;
}

function findMember({ name, organisations }: Topology, part: PublicPart): Organisation {
  if (part.network !== name) throw newInvalid(`The file is of the network ${part.network}, the topology of ${name}.`);
  const member = organisations.find((each) => each.name === part.organisation && each.mspId === part.mspId);
  if (member === undefined) throw newInvalid(`The topology has no ${part.organisation} with the MSP id ${part.mspId}.`);
  if (findAcquaintance(member) === 'own') throw newInvalid(`${member.title} is on this machine itself.`);
  if (member.nodes.orderer !== undefined && part.orderer === undefined)
    throw newInvalid(`${member.title} runs an orderer, says the topology.`);
  return member;
}

function assertIssued(member: Organisation, { ca, tlsCa, orderer }: PublicPart): void {
  const [root, tlsRoot] = [new X509Certificate(ca), new X509Certificate(tlsCa)];
  if (!root.ca || !tlsRoot.ca) throw newInvalid(`What should be the authorities of ${member.title} are none.`);
  if (orderer === undefined) return;
  const [identity, tls] = [new X509Certificate(orderer.identity), new X509Certificate(orderer.tls)];
  if (!identity.verify(root.publicKey) || !tls.verify(tlsRoot.publicKey))
    throw newInvalid(`The certificates of the orderer are not issued by the authorities of ${member.title}.`);
  assertStandsFor(member, tls);
}

function assertStandsFor({ title, host }: Organisation, tls: X509Certificate): void {
  if ((isIP(host) === 0 ? tls.checkHost(host) : tls.checkIP(host)) !== undefined) return;
  const names = tls.subjectAltName ?? 'no name';
  throw newInvalid(`The orderer of ${title} is reached at ${host}, but its TLS certificate does not stand for that (${names}).`);
}

function assertSameRoot({ title }: Organisation, pem: string, file: string): void {
  if (!existsSync(file) || readFileSync(file, 'utf8') === pem) return;
  throw new PublicPartError(
    'MEMBER_FILE_DIFFERS',
    `The file has another authority of ${title} than is on this machine.`,
    `Ask ${title} by another way than this file came which one is right; remove ${file} if it is the old one.`,
  );
}

function parse(value: unknown, what: string): PublicPart {
  const parsed = publicPart.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw newInvalid(`${what}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function newInvalid(message: string): PublicPartError {
  return new PublicPartError(
    'MEMBER_FILE_INVALID',
    message,
    'Compare the topology files; then let the member write the file anew (`members export`).',
  );
}
