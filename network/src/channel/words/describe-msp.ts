import type { msp } from '@hyperledger/fabric-protos';
import { pemsOf, readMsp } from '../configuration-values';
import { parseRevocationList } from '../revocation-list';
import { describeBytes, describeCertificate, formatDay } from './describe-certificate';
import { describeChange, formatList } from './statement';

type Config = msp.FabricMSPConfig;

const LISTS: readonly (readonly [string, (config: Config) => readonly Uint8Array[]])[] = [
  ['Authority that certifies its identities', (config) => config.getRootCertsList_asU8()],
  ['Intermediate authority for its identities', (config) => config.getIntermediateCertsList_asU8()],
  ['Authority that certifies its TLS keys', (config) => config.getTlsRootCertsList_asU8()],
  ['Intermediate authority for its TLS keys', (config) => config.getTlsIntermediateCertsList_asU8()],
  ['Administrator by certificate', (config) => config.getAdminsList_asU8()],
];

/** What an organisation is known by, of a serialized msp.MSPConfig. @throws MalformedMessage */
export function describeMsp(value: Uint8Array): readonly string[] {
  const config = readMsp(value);
  const named = LISTS.flatMap(([label, read]) => pemsOf(read(config)).map((pem) => `${label}: ${describeCertificate(pem)}.`));
  return [`MSP id: ${config.getName()}.`, ...named, ...describeRevocations(undefined, config)];
}

/** What changes between two of them; never nothing where the bytes differ. @throws MalformedMessage */
export function describeMspChange(before: Uint8Array, after: Uint8Array): readonly string[] {
  const [old, now] = [readMsp(before), readMsp(after)];
  const lines = [
    ...describeChange('MSP id', old.getName(), now.getName()),
    ...LISTS.flatMap(([label, read]) => describeLists(label, pemsOf(read(old)), pemsOf(read(now)))),
    ...describeRevocations(old, now),
    ...describeChange('Rules about its roles', describeRoles(old), describeRoles(now)),
  ];
  const covered = withoutDescribed(old) === withoutDescribed(now) && lines.length > 0;
  return covered ? lines : [...lines, `Other rules of its MSP: ${describeBytes(after)} instead of ${describeBytes(before)}.`];
}

function describeLists(label: string, before: readonly string[], after: readonly string[]): readonly string[] {
  return [
    ...after.filter((pem) => !before.includes(pem)).map((pem) => `${label}, new: ${describeCertificate(pem)}.`),
    ...before.filter((pem) => !after.includes(pem)).map((pem) => `${label}, no longer: ${describeCertificate(pem)}.`),
  ];
}

function describeRevocations(before: Config | undefined, after: Config): readonly string[] {
  const [old, now] = [before, after].map((config) => pemsOf(config?.getRevocationListList_asU8() ?? []));
  if (old === undefined || now === undefined || old.join() === now.join()) return [];
  const [revoked, wanted] = [serialsOf(old), serialsOf(now)];
  const added = wanted.filter((serial) => !revoked.includes(serial));
  const gone = revoked.filter((serial) => !wanted.includes(serial));
  const lists = now.map((pem) => attemptIssue(pem)).join(', ');
  return [
    `Revocation list: ${now.length === 0 ? 'none any more' : `of ${lists}, with ${String(wanted.length)} certificates`}.`,
    ...(added.length > 0 ? [`Certificates that are good no longer: serial ${formatList(added)}.`] : []),
    ...(gone.length > 0 ? [`Certificates that are GOOD AGAIN: serial ${formatList(gone)}.`] : []),
  ];
}

function serialsOf(lists: readonly string[]): readonly string[] {
  return lists.flatMap(
    (pem) => attempt(() => parseRevocationList(pem).serials) ?? [`of an unreadable list (${describeBytes(Buffer.from(pem))})`],
  );
}

function attemptIssue(pem: string): string {
  return attempt(() => formatDay(parseRevocationList(pem).issuedAt)) ?? 'an unreadable day';
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function describeRoles(config: Config): string {
  const ous = config.getFabricNodeOus();
  if (ous?.getEnable() !== true) return 'certificates name no roles';
  const units = [ous.getClientOuIdentifier(), ous.getPeerOuIdentifier(), ous.getAdminOuIdentifier(), ous.getOrdererOuIdentifier()];
  const names = units.map((unit) => unit && `${unit.getOrganizationalUnitIdentifier()} (${describeBytes(unit.getCertificate_asU8())})`);
  return `the units ${names.filter((name) => name !== undefined).join(', ')} name roles`;
}

/** What of an MSP has no words of its own above, to compare. */
function withoutDescribed(config: Config): string {
  const rest = config.clone();
  rest.setName('');
  rest.clearRootCertsList();
  rest.clearIntermediateCertsList();
  rest.clearTlsRootCertsList();
  rest.clearTlsIntermediateCertsList();
  rest.clearAdminsList();
  rest.clearRevocationListList();
  rest.clearFabricNodeOus();
  return Buffer.from(rest.serializeBinary()).toString('hex');
}
