import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DevnetError } from '../devnet-error';
import type { Member } from './config-groups';
import type { Organisation } from './consortium';
import type { CertifiedKey, OrganisationMaterial } from './consortium-spec';
import { generateOrganisation, type GeneratedOrganisation } from './generate-organisation';

/** A member whose material the devnet made or was given. `generated`: with the authorities' keys, so that it can certify clients. */
export interface StoredMember extends Member {
  readonly generated: GeneratedOrganisation | undefined;
}

/** Generated material of organisations, one file each, readable by the owner alone; kept before anything rests on it. */
export class MaterialStore {
  /** folder: undefined keeps nothing. */
  constructor(readonly folder: string | undefined) {}

  /** The organisation with what the caller gave, what the folder has, or newly generated material. */
  async memberOf(organisation: Organisation): Promise<StoredMember> {
    if (organisation.material !== undefined)
      return { organisation, material: checked(organisation.mspId, organisation.material), generated: undefined };
    const generated = this.#read(organisation.mspId) ?? this.#keep(organisation.mspId, await generateOrganisation(organisation));
    return { organisation, material: generated, generated };
  }

  #read(mspId: string): GeneratedOrganisation | undefined {
    const file = this.#file(mspId);
    if (file === undefined || !existsSync(file)) return undefined;
    return JSON.parse(readFileSync(file, 'utf8')) as GeneratedOrganisation;
  }

  #keep(mspId: string, material: GeneratedOrganisation): GeneratedOrganisation {
    const file = this.#file(mspId);
    if (file !== undefined) writePrivately(file, JSON.stringify(material, null, 2));
    return material;
  }

  #file(mspId: string): string | undefined {
    return this.folder === undefined ? undefined : join(this.folder, 'organisations', `${mspId}.json`);
  }
}

/** Writes a file that its owner alone can read; it is there whole or not at all. */
export function writePrivately(file: string, content: string): void {
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.new`;
  writeFileSync(unfinished, content, { mode: 0o600 });
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, file);
}

const PAIRS = ['peer', 'orderer', 'admin', 'tls'] as const;

function checked(mspId: string, material: OrganisationMaterial): OrganisationMaterial {
  // What a person wrote, of which the types promise too much.
  const given: Partial<Record<string, Partial<CertifiedKey>>> = { ...material } as never;
  const missing = PAIRS.find((name) => typeof given[name]?.certificate !== 'string' || typeof given[name].privateKey !== 'string');
  const lists = ['caCertificates', 'tlsCaCertificates'] as const;
  const empty = lists.find((name) => !Array.isArray(material[name]) || material[name].length === 0);
  if (missing === undefined && empty === undefined) return material;
  throw new DevnetError(
    'DEVNET_IDENTITY_INVALID',
    `${mspId}: material.${missing ?? empty ?? ''} is missing; give all of ${[...lists, ...PAIRS].join(', ')} as PEM, or no material`,
    { mspId },
  );
}
