import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { MspRefused, newFabricMsp, newMspDefinition } from '@medaccord/devnet/configuration';
import { ChannelError } from './channel-error';

const ROLES = ['Client', 'Peer', 'Admin', 'Orderer'] as const;
const unit = (role: string): z.ZodType => z.object({ OrganizationalUnitIdentifier: z.literal(role.toLowerCase()) });

/** Roles by organisational unit, under their usual names: what every member of the consortium has. */
const config = z.object({
  NodeOUs: z.object({ Enable: z.literal(true), ...Object.fromEntries(ROLES.map((role) => [`${role}OUIdentifier`, unit(role)])) }),
});

/**
 * Serialized msp.MSPConfig of an MSP folder in Fabric's layout (msp/configbuilder.go): `cacerts`, `intermediatecerts`, `tlscacerts`, `crls`, and
 * `config.yaml` with roles by organisational unit. Nothing secret is read.
 * @throws ChannelError CHANNEL_MATERIAL_UNFIT
 */
export function readMspFolder(folder: string, mspId: string): Uint8Array {
  assertRoles(folder, mspId);
  const definition = newMspDefinition({
    mspId,
    caCertificates: readFiles(folder, 'cacerts'),
    intermediateCertificates: readFiles(folder, 'intermediatecerts'),
    tlsCaCertificates: readFiles(folder, 'tlscacerts'),
    revocationLists: readFiles(folder, 'crls'),
  });
  try {
    newFabricMsp(definition);
  } catch (error) {
    if (error instanceof MspRefused) throw refuse(folder, mspId, error.message);
    throw error;
  }
  if (readFiles(folder, 'tlscacerts').length === 0)
    throw refuse(folder, mspId, 'tlscacerts holds no certificate: its nodes could not be reached');
  return definition;
}

function assertRoles(folder: string, mspId: string): void {
  const file = join(folder, 'config.yaml');
  if (!existsSync(file)) throw refuse(folder, mspId, 'there is no config.yaml');
  const parsed = config.safeParse(parse(readFileSync(file, 'utf8')));
  if (parsed.success) return;
  const [issue] = parsed.error.issues;
  throw refuse(
    folder,
    mspId,
    `config.yaml, ${issue?.path.join('.') ?? ''}: roles must be told by organisational units with their usual names`,
  );
}

function readFiles(folder: string, kind: string): readonly string[] {
  const inside = join(folder, kind);
  if (!existsSync(inside)) return [];
  return readdirSync(inside)
    .sort()
    .map((name) => readFileSync(join(inside, name), 'utf8'));
}

function refuse(folder: string, mspId: string, problem: string): ChannelError {
  const hint = `Get the folder from the organisation's certificate authority: run/<network>/organisations/<organisation>/msp, without keys.`;
  return new ChannelError('CHANNEL_MATERIAL_UNFIT', `The MSP of ${mspId} in ${folder} cannot be used: ${problem}.`, hint);
}
