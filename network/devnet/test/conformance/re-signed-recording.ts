import { createPrivateKey, type KeyObject } from 'node:crypto';
import { common, msp } from '@hyperledger/fabric-protos';
import { issueIdentity, newAuthority, type NodeOu } from '../../src/genesis/certificates';
import type { CertifiedKey } from '../../src/genesis/consortium-spec';
import { parseCertificate } from '../../src/msp/certificate';
import { blockDataHash, blockHeaderHash, readBlock, type Block } from '../../src/proto/blocks';
import { EMPTY, hex, utf8 } from '../../src/proto/bytes';
import {
  readEnvelope,
  readPayload,
  readSerializedIdentity,
  writeEnvelope,
  writePayload,
  writeSerializedIdentity,
} from '../../src/proto/envelopes';
import { openTransaction, sealTransaction } from './editable-transaction';
import { readRecordedBlocks } from './recorded-blocks';

/** Somebody of the recording under a certificate and key of our own, with the same MSP and role. */
export interface Signer {
  readonly mspId: string;
  /** Serialized msp.SerializedIdentity. */
  readonly identity: Uint8Array;
  readonly key: KeyObject;
}

/** The recording, signed again by keys that a test holds, so that it can change any part and sign the rest. */
export interface ReSignedRecording {
  /** Ordered blocks, chained again; transactions have other ids, and everything else that the recording has. */
  readonly blocks: readonly Block[];
  readonly authorities: ReadonlyMap<string, CertifiedKey>;
  readonly signerOf: (recordedIdentity: Uint8Array) => Signer;
  /** A peer or client of an organisation. */
  readonly member: (mspId: string, ou: NodeOu) => Signer;
}

const ROLES: readonly NodeOu[] = ['client', 'peer', 'admin', 'orderer'];

export async function newReSignedRecording(): Promise<ReSignedRecording> {
  const recorded = readRecordedBlocks().map(({ ordered }) => readBlock(ordered));
  const genesis = recorded[0]?.items[0] ?? EMPTY;
  const authorities = await newAuthorities(genesis);
  const signers = await newSigners(authorities);
  const member = (mspId: string, ou: NodeOu): Signer => known(signers.get(`${mspId}/${ou}`), `${ou} of ${mspId}`);
  const signerOf = (identity: Uint8Array): Signer => {
    const { mspId, idBytes } = readSerializedIdentity(identity);
    const units = parseCertificate(idBytes)?.organizationalUnits ?? [];
    return member(
      mspId,
      known(
        ROLES.find((role) => units.includes(role)),
        `role of ${hex(identity)}`,
      ),
    );
  };
  const items = recorded.map((block) =>
    block.number === 0
      ? [reKeyConfiguration(genesis, authorities)]
      : block.items.map((item) => sealTransaction(openTransaction(item, signerOf))),
  );
  return { blocks: chain(recorded, items), authorities, signerOf, member };
}

/** Blocks with these items, each linked to the one before. */
export function chain(blocks: readonly Block[], items: readonly (readonly Uint8Array[])[]): readonly Block[] {
  const chained: Block[] = [];
  for (const [index, block] of blocks.entries()) {
    const before = chained.at(-1);
    const previousHash = before === undefined ? EMPTY : blockHeaderHash(before);
    chained.push({ ...block, items: items[index] ?? [], previousHash, dataHash: blockDataHash(items[index] ?? []) });
  }
  return chained;
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the recording has no ${what}`);
  return value;
}

async function newAuthorities(genesis: Uint8Array): Promise<ReadonlyMap<string, CertifiedKey>> {
  const mspIds = new Set<string>();
  editMsps(genesis, (config) => mspIds.add(config.getName()));
  return new Map(await Promise.all([...mspIds].map(async (mspId) => [mspId, await newAuthority(`ca.${mspId}`, mspId)] as const)));
}

async function newSigners(authorities: ReadonlyMap<string, CertifiedKey>): Promise<ReadonlyMap<string, Signer>> {
  const wanted = [...authorities].flatMap(([mspId, authority]) => ROLES.map((ou) => ({ mspId, authority, ou })));
  return new Map(
    await Promise.all(
      wanted.map(
        async ({ mspId, authority, ou }) =>
          [`${mspId}/${ou}`, newSigner(mspId, await issueIdentity(authority, { commonName: ou, ou }))] as const,
      ),
    ),
  );
}

export function newSigner(mspId: string, { certificate, privateKey }: CertifiedKey): Signer {
  return { mspId, identity: writeSerializedIdentity(mspId, utf8(certificate)), key: createPrivateKey(privateKey) };
}

function reKeyConfiguration(genesis: Uint8Array, authorities: ReadonlyMap<string, CertifiedKey>): Uint8Array {
  return editMsps(genesis, (config) => {
    const certificate = utf8(known(authorities.get(config.getName()), 'authority').certificate);
    config.setRootCertsList([certificate]);
    config.setIntermediateCertsList([]);
    const ous = config.getFabricNodeOus();
    for (const unit of [
      ous?.getClientOuIdentifier(),
      ous?.getPeerOuIdentifier(),
      ous?.getAdminOuIdentifier(),
      ous?.getOrdererOuIdentifier(),
    ])
      unit?.setCertificate(certificate);
  });
}

/** Edits every MSP definition of a configuration transaction. */
export function editMsps(item: Uint8Array, edit: (config: msp.FabricMSPConfig) => void): Uint8Array {
  const envelope = readEnvelope(item);
  const payload = readPayload(envelope.payload);
  const config = common.ConfigEnvelope.deserializeBinary(payload.data);
  const root = config.getConfig()?.getChannelGroup();
  for (const parent of ['Application', 'Orderer'])
    for (const [, group] of (root?.getGroupsMap().get(parent)?.getGroupsMap().entries() ?? []) as Iterable<[string, common.ConfigGroup]>) {
      const value = group.getValuesMap().get('MSP');
      const outer = msp.MSPConfig.deserializeBinary(value?.getValue_asU8() ?? EMPTY);
      const inner = msp.FabricMSPConfig.deserializeBinary(outer.getConfig_asU8());
      edit(inner);
      outer.setConfig(inner.serializeBinary());
      value?.setValue(outer.serializeBinary());
    }
  return writeEnvelope({ ...envelope, payload: writePayload({ ...payload, data: config.serializeBinary() }) });
}
