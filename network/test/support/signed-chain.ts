import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { common } from '@hyperledger/fabric-protos';
import { generateOrganisation, startDevnet, type GeneratedOrganisation } from '@medaccord/devnet';
import {
  ChainState,
  HEADER_TYPE,
  METADATA,
  asBytes,
  blockDataHash,
  blockHeaderBytes,
  blockHeaderHash,
  concat,
  parseChannel,
  readBlock,
  signLowS,
  withMetadata,
  writeBlock,
  writeSerializedIdentity,
  writeSignatureHeader,
  type Block,
} from '@medaccord/devnet/blocks';
import {
  changeGroup,
  computeUpdate,
  newBlockValidation,
  newConfigMessage,
  newSigner,
  readConfigEnvelope,
  writeConfigEnvelope,
  writeConfigGroup,
  type ConfigGroupNode,
} from '@medaccord/devnet/configuration';

const CHANNEL = 'main';
const EMPTY = new Uint8Array(0);

/** How a block is signed: by which organisations' orderers, each under a number. */
export type Signers = readonly (readonly [number: number, mspId: string])[];

export const FOUNDERS = ['AMSP', 'BMSP', 'CMSP', 'DMSP'] as const;
export const NEWCOMER = 'EMSP';
export const A_B_C: Signers = [
  [1, 'AMSP'],
  [2, 'BMSP'],
  [3, 'CMSP'],
];

/**
 * A chain whose orderers' keys a test holds: founded by a devnet of four, which takes in a fifth; then continued by hand, with blocks that any orderers
 * sign. Its transactions say nothing and are invalid; codes and commit hashes are those that the rules give.
 */
export class SignedChain {
  readonly blocks: Block[] = [];
  readonly #state: ChainState;

  private constructor(
    readonly organisations: ReadonlyMap<string, GeneratedOrganisation>,
    founded: readonly Block[],
  ) {
    const [genesis, ...more] = founded;
    if (genesis === undefined) throw new Error('a devnet founds a chain');
    this.#state = new ChainState(genesis);
    this.blocks.push(genesis);
    for (const block of more) {
      this.#state.judge(block).keep();
      this.blocks.push(block);
    }
  }

  static async found(): Promise<SignedChain> {
    const all = [...FOUNDERS, NEWCOMER];
    const made = new Map(await Promise.all(all.map(async (mspId) => [mspId, await generateOrganisation({ mspId })] as const)));
    const member = (mspId: string) => ({ mspId, material: materialOf(made, mspId) });
    const folder = mkdtempSync(join(tmpdir(), 'signed-chain-'));
    const devnet = await startDevnet({ channel: CHANNEL, organisations: FOUNDERS.map(member) }, { folder: ':memory:' });
    try {
      await devnet.joinOrganisation(member(NEWCOMER));
      devnet.exportBlocks(folder);
      return new SignedChain(made, readBlocks(folder));
    } finally {
      await devnet.close();
      rmSync(folder, { recursive: true });
    }
  }

  /** A chain of its own that goes on from here. */
  fork(): SignedChain {
    return new SignedChain(this.organisations, this.blocks);
  }

  /** Appends a block with a transaction. Returns its number. */
  append(signers: Signers): number {
    return this.#append([this.#newTransaction()], signers);
  }

  /** Appends a configuration in which the newcomer's orderer, as number 5, takes the place of the fourth founder's. */
  appendChangeOfOrderers(signers: Signers, admins: readonly string[] = FOUNDERS): number {
    const item = this.#lastConfigItem();
    const current = readConfigEnvelope(item);
    const changed = changeGroup(current.channelGroup, ['Orderer'], (group) => this.#withNewcomer(group));
    const update = computeUpdate(current.channelGroup, changed);
    const message = new common.ConfigUpdate();
    message.setChannelId(CHANNEL);
    message.setReadSet(writeConfigGroup(update.readSet));
    message.setWriteSet(writeConfigGroup(update.writeSet));
    const signed = this.#signUpdate(message.serializeBinary(), admins);
    const lastUpdate = newConfigMessage(HEADER_TYPE.configUpdate, CHANNEL, signed, this.#signer('AMSP', 'admin'));
    const raised = applied(current.channelGroup, changed);
    const data = writeConfigEnvelope({ sequence: current.sequence + 1, channelGroup: raised }, lastUpdate);
    return this.#append([newConfigMessage(HEADER_TYPE.config, CHANNEL, data, this.#signer('AMSP', 'orderer'))], signers, true);
  }

  /** The same block, signed by others. */
  resigned(block: Block, signers: Signers): Block {
    return withMetadata(block, METADATA.signatures, this.#sign(block, this.#lastConfigOf(block), signers));
  }

  #append(items: readonly Uint8Array[], signers: Signers, isConfig = false): number {
    const before = this.blocks.at(-1);
    if (before === undefined) throw new Error('a chain has a block 0');
    const number = before.number + 1;
    const bare: Block = {
      number,
      previousHash: blockHeaderHash(before),
      dataHash: blockDataHash(items),
      items,
      metadata: [EMPTY, EMPTY, EMPTY, EMPTY, EMPTY],
    };
    const lastConfig = isConfig ? number : this.#lastConfigOf(before);
    const signed = withMetadata(bare, METADATA.signatures, this.#sign(bare, lastConfig, signers));
    const outcome = this.#state.judge(signed);
    outcome.keep();
    const commitHash = new common.Metadata();
    commitHash.setValue(outcome.commitHash ?? EMPTY);
    const withCodes = withMetadata(signed, METADATA.transactionsFilter, Uint8Array.from(outcome.codes));
    this.blocks.push(withMetadata(withCodes, METADATA.commitHash, commitHash.serializeBinary()));
    return number;
  }

  #sign(block: Block, lastConfig: number, signers: Signers): Uint8Array {
    const pointer = new common.LastConfig();
    pointer.setIndex(lastConfig);
    const value = new common.OrdererBlockMetadata();
    value.setLastConfig(pointer);
    const metadata = new common.Metadata();
    metadata.setValue(value.serializeBinary());
    for (const [number, mspId] of signers) {
      const header = new common.IdentifierHeader();
      header.setIdentifier(number);
      header.setNonce(asBytes(randomBytes(24)));
      const signature = metadata.addSignatures(new common.MetadataSignature());
      signature.setIdentifierHeader(header.serializeBinary());
      const message = concat(metadata.getValue_asU8(), header.serializeBinary(), blockHeaderBytes(block));
      signature.setSignature(signLowS(materialOf(this.organisations, mspId).orderer.privateKey, message));
    }
    return metadata.serializeBinary();
  }

  #lastConfigOf({ metadata }: Block): number {
    const value = common.Metadata.deserializeBinary(metadata[METADATA.signatures] ?? EMPTY).getValue_asU8();
    return common.OrdererBlockMetadata.deserializeBinary(value).getLastConfig()?.getIndex() ?? 0;
  }

  #lastConfigItem(): Uint8Array {
    const last = this.blocks.at(-1);
    const config = last && this.blocks[this.#lastConfigOf(last)];
    return config?.items[0] ?? EMPTY;
  }

  #newTransaction(): Uint8Array {
    return newConfigMessage(HEADER_TYPE.endorserTransaction, CHANNEL, EMPTY, this.#signer('AMSP', 'client'));
  }

  #signer(mspId: string, role: 'admin' | 'orderer' | 'client') {
    return newSigner(mspId, materialOf(this.organisations, mspId)[role]);
  }

  #signUpdate(update: Uint8Array, admins: readonly string[]): Uint8Array {
    const envelope = new common.ConfigUpdateEnvelope();
    envelope.setConfigUpdate(update);
    for (const mspId of admins) {
      const admin = this.#signer(mspId, 'admin');
      const header = writeSignatureHeader({ creator: admin.identity, nonce: asBytes(randomBytes(24)) });
      const signature = envelope.addSignatures(new common.ConfigSignature());
      signature.setSignatureHeader(header);
      signature.setSignature(admin.sign(concat(header, update)));
    }
    return envelope.serializeBinary();
  }

  #withNewcomer(group: ConfigGroupNode): ConfigGroupNode {
    const { consenters } = parseChannel(this.#lastConfigItem());
    const value = group.values.get('Orderers');
    const policy = group.policies.get('BlockValidation');
    if (value === undefined || policy === undefined) throw new Error('BFT ordering has consenters and a policy for blocks');
    const { certificate } = materialOf(this.organisations, NEWCOMER).orderer;
    const orderers = common.Orderers.deserializeBinary(value.value);
    const kept = orderers.getConsenterMappingList().slice(0, 3);
    const consenter = orderers.getConsenterMappingList()[3]?.clone() as common.Consenter;
    consenter.setId(5);
    consenter.setMspId(NEWCOMER);
    consenter.setIdentity(asBytes(Buffer.from(certificate)));
    orderers.setConsenterMappingList([...kept, consenter]);
    const identities = [
      ...consenters.slice(0, 3).map(({ identity }) => identity),
      writeSerializedIdentity(NEWCOMER, asBytes(Buffer.from(certificate))),
    ];
    return {
      ...group,
      values: new Map(group.values).set('Orderers', { ...value, value: orderers.serializeBinary() }),
      policies: new Map(group.policies).set('BlockValidation', { ...newBlockValidation(identities), version: policy.version }),
    };
  }
}

function materialOf(organisations: ReadonlyMap<string, GeneratedOrganisation>, mspId: string): GeneratedOrganisation {
  const material = organisations.get(mspId);
  if (material === undefined) throw new Error(`no organisation ${mspId}`);
  return material;
}

/** The changed tree with the versions that an orderer gives what changed: values and policies one up. */
function applied(before: ConfigGroupNode, after: ConfigGroupNode): ConfigGroupNode {
  const raise = <T extends { readonly version: number; readonly value: Uint8Array }>(
    old: ReadonlyMap<string, T>,
    now: ReadonlyMap<string, T>,
  ) =>
    new Map(
      [...now].map(([name, node]) => [
        name,
        Buffer.compare(old.get(name)?.value ?? EMPTY, node.value) === 0 ? node : { ...node, version: node.version + 1 },
      ]),
    );
  return {
    ...after,
    values: raise(before.values, after.values),
    policies: raise(before.policies, after.policies),
    groups: new Map([...after.groups].map(([name, group]) => [name, applied(before.groups.get(name) ?? group, group)])),
  };
}

function readBlocks(folder: string): readonly Block[] {
  return readdirSync(folder)
    .sort()
    .map((file) => readBlock(asBytes(readFileSync(join(folder, file)))));
}

/** Serialized common.Block each, under their numbers. */
export function sourceOf(blocks: readonly Block[]): ReadonlyMap<number, Uint8Array> {
  return new Map(blocks.map((block) => [block.number, writeBlock(block)]));
}
