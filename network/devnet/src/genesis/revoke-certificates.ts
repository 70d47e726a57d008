import 'reflect-metadata';
import { X509Crl } from '@peculiar/x509';
import { msp } from '@hyperledger/fabric-protos';
import { DevnetError } from '../devnet-error';
import { text, utf8 } from '../proto/bytes';
import type { Administration } from './administration';
import { changeConfig } from './change-config';
import { changeGroup, type ConfigGroupNode } from './config-tree';

/**
 * Puts an organisation's revocation list (PEM) into its MSP, in the Application and the Orderer group at once. The newest list of an issuer
 * replaces its older one. Returns the number of the block, undefined where the list is already there.
 * @throws DevnetError DEVNET_IDENTITY_INVALID, DEVNET_UNKNOWN_ORGANISATION, DEVNET_CONFIG_REFUSED
 */
export function revokeCertificates(context: Administration, mspId: string, revocationList: string): Promise<number | undefined> {
  const member = context.ledger.channel.members.find((candidate) => candidate.mspId === mspId);
  if (member === undefined) throw new DevnetError('DEVNET_UNKNOWN_ORGANISATION', `${mspId} is no member of the channel`, { mspId });
  const issuer = issuerOf(revocationList, mspId);
  const change = (group: ConfigGroupNode): ConfigGroupNode => withList(group, issuer, revocationList);
  return changeConfig(context, (root) =>
    ['Application', 'Orderer'].reduce((tree, section) => changeGroup(tree, [section, member.group], change), root),
  );
}

function withList(group: ConfigGroupNode, issuer: string, list: string): ConfigGroupNode {
  const value = group.values.get('MSP');
  if (value === undefined) return group;
  const wrapped = msp.MSPConfig.deserializeBinary(value.value);
  const config = msp.FabricMSPConfig.deserializeBinary(wrapped.getConfig_asU8());
  const others = config.getRevocationListList_asU8().filter((existing) => issuerOf(text(existing), config.getName()) !== issuer);
  config.setRevocationListList([...others, utf8(list)]);
  wrapped.setConfig(config.serializeBinary());
  return { ...group, values: new Map(group.values).set('MSP', { ...value, value: wrapped.serializeBinary() }) };
}

function issuerOf(list: string, mspId: string): string {
  try {
    return new X509Crl(list).issuer;
  } catch {
    throw new DevnetError('DEVNET_IDENTITY_INVALID', `${mspId}: the revocation list cannot be read; give it as PEM (X509 CRL)`, { mspId });
  }
}
