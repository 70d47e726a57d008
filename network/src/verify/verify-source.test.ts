import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { common } from '@hyperledger/fabric-protos';
import {
  METADATA,
  asBytes,
  blockDataHash,
  blockHeaderHash,
  readBlock,
  withMetadata,
  writeBlock,
  type Block,
} from '@medaccord/devnet/blocks';
import { newMemorySource } from '../../test/support/memory-source';
import { A_B_C, SignedChain, sourceOf, type Signers } from '../../test/support/signed-chain';
import { compareChains } from './compare-chains';
import { describeFinding, describeVerification } from './describe-verification';
import { verifySource, type Verification, type VerifyOptions } from './verify-source';

const FOLDER = join(__dirname, '../../devnet/test/data/fabric-golden/blocks');
const EMPTY = new Uint8Array(0);

const golden = new Map(
  readdirSync(FOLDER)
    .sort()
    .map((file, number) => [number, asBytes(readFileSync(join(FOLDER, file)))] as const),
);

function verifyBlocks(blocks: ReadonlyMap<number, Uint8Array>, options: VerifyOptions = {}): Promise<Verification> {
  return verifySource(newMemorySource(blocks), options);
}

/** What was found, as `block kind`. */
function found({ findings }: Verification): readonly string[] {
  return findings.map(({ block, kind }) => `${String(block)} ${kind}`);
}

function goldenBlock(number: number): Block {
  return readBlock(golden.get(number) ?? EMPTY);
}

function flip(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, index) => (index === at ? byte ^ 0xff : byte));
}

/** The block with its signatures changed. */
function withSignatures(block: Block, change: (signatures: common.MetadataSignature[]) => common.MetadataSignature[]): Block {
  const metadata = common.Metadata.deserializeBinary(block.metadata[METADATA.signatures] ?? EMPTY);
  metadata.setSignaturesList(change(metadata.getSignaturesList()));
  return withMetadata(block, METADATA.signatures, metadata.serializeBinary());
}

function withFlippedSignature(block: Block, index: number): Block {
  return withSignatures(block, (signatures) =>
    signatures.map((signature, at) => {
      if (at === index) signature.setSignature(flip(signature.getSignature_asU8(), 40));
      return signature;
    }),
  );
}

/** The block with what its orderers signed pointing to another configuration. */
function withLastConfig(block: Block, index: number): Block {
  const metadata = common.Metadata.deserializeBinary(block.metadata[METADATA.signatures] ?? EMPTY);
  const value = common.OrdererBlockMetadata.deserializeBinary(metadata.getValue_asU8());
  const pointer = new common.LastConfig();
  pointer.setIndex(index);
  value.setLastConfig(pointer);
  metadata.setValue(value.serializeBinary());
  return withMetadata(block, METADATA.signatures, metadata.serializeBinary());
}

describe('the blocks of a real Fabric network', () => {
  it('are proved: links, contents, signatures, and commit hashes', async () => {
    const proved = await verifyBlocks(golden);
    expect(proved).toMatchObject({
      findings: [],
      channel: 'main',
      blocks: 87,
      transactions: 90,
      signatures: 258,
      commitHashes: 86,
      judged: 0,
    });
    expect(proved).toMatchObject({ unjudged: [], gap: undefined });
    expect(proved.configurations).toEqual([{ block: 0, sequence: 0, consensus: 'BFT', orderers: 4, quorum: 3 }]);
  });

  it('are proved with every code found again by the rules', async () => {
    expect(await verifyBlocks(golden, { replay: true })).toMatchObject({ findings: [], commitHashes: 86, judged: 89 });
  });

  it('are proved from a later block on, believing what is before it', async () => {
    const proved = await verifyBlocks(golden, { from: 40 });
    expect(proved).toMatchObject({ findings: [], blocks: 47, signatures: 141, commitHashes: 0, gap: expect.stringContaining('block 40') });
    expect(describeVerification(proved).join('\n')).toContain('Believed: everything before block 40, and the configuration of block 0.');
  });

  it('are proved from the first block that there is, when the configuration is kept beside it', async () => {
    const kept = new Map([...golden].filter(([number]) => number === 0 || number >= 40));
    expect(found(await verifyBlocks(kept, { from: 40 }))).toEqual([]);
    kept.delete(0);
    await expect(verifyBlocks(kept, { from: 40 })).rejects.toMatchObject({ code: 'VERIFY_NO_CONFIGURATION' });
  });

  it('are proved as orderers keep them, without codes and commit hashes, and their codes found by the rules', async () => {
    const ordered = new Map(
      [...golden].map(([number, bytes]) => {
        const bare = withMetadata(readBlock(bytes), METADATA.transactionsFilter, EMPTY);
        return [number, writeBlock(withMetadata(bare, METADATA.commitHash, EMPTY))] as const;
      }),
    );
    const proved = await verifyBlocks(ordered);
    expect(proved).toMatchObject({ findings: [], signatures: 258, commitHashes: 0, gap: expect.stringContaining('--replay') });
    expect(await verifyBlocks(ordered, { replay: true })).toMatchObject({ findings: [], commitHashes: 0, judged: 89, gap: undefined });
  });
});

interface Mutation {
  readonly name: string;
  readonly change: (blocks: Map<number, Uint8Array>) => void;
  readonly expected: readonly string[];
  /** Of the first finding. */
  readonly says?: RegExp;
}

const edit =
  (number: number, change: (block: Block) => Block) =>
  (blocks: Map<number, Uint8Array>): void => {
    blocks.set(number, writeBlock(change(goldenBlock(number))));
  };

const MUTATIONS: readonly Mutation[] = [
  {
    name: 'a byte of a signature',
    change: edit(20, (block) => withFlippedSignature(block, 1)),
    expected: ['20 quorum'],
    says: /2 of 4 orderers signed it, and 3 have to; the signature of orderer \d \(\w+MSP\) does not fit/,
  },
  {
    name: 'a signature left out: fewer than a quorum',
    change: edit(20, (block) => withSignatures(block, (signatures) => signatures.slice(1))),
    expected: ['20 quorum'],
    says: /2 of 4/,
  },
  {
    name: 'a signature twice in place of another: counted once',
    change: edit(20, (block) => withSignatures(block, ([first, second]) => [first, second, second] as common.MetadataSignature[])),
    expected: ['20 quorum'],
    says: /one orderer signed twice/,
  },
  {
    name: 'a signature twice beside all others',
    change: edit(20, (block) => withSignatures(block, (all) => [...all, all[0]] as common.MetadataSignature[])),
    expected: ['20 signature'],
    says: /one orderer signed twice/,
  },
  {
    name: 'a signature under the number of another orderer',
    change: edit(20, (block) =>
      withSignatures(block, ([first, second, third]) => {
        third?.setIdentifierHeader(first?.getIdentifierHeader_asU8() ?? EMPTY);
        return [first, second, third] as common.MetadataSignature[];
      }),
    ),
    expected: ['20 quorum'],
  },
  {
    name: 'a signature under a number that no orderer has',
    change: edit(20, (block) =>
      withSignatures(block, (all) => {
        const header = new common.IdentifierHeader();
        header.setIdentifier(9);
        all[0]?.setIdentifierHeader(header.serializeBinary());
        return all;
      }),
    ),
    expected: ['20 quorum'],
    says: /orderer 9, which the configuration does not have/,
  },
  {
    name: 'no signatures at all',
    change: edit(20, (block) => withMetadata(block, METADATA.signatures, EMPTY)),
    expected: ['20 quorum', '20 last-config'],
  },
  {
    name: 'signatures that cannot be read',
    change: edit(20, (block) => withMetadata(block, METADATA.signatures, Uint8Array.of(0xff))),
    expected: ['20 quorum', '20 last-config'],
  },
  {
    name: 'signatures of another block',
    change: edit(20, (block) => withMetadata(block, METADATA.signatures, goldenBlock(21).metadata[METADATA.signatures] ?? EMPTY)),
    expected: ['20 quorum'],
  },
  {
    name: 'two blocks swapped',
    change: (blocks) => {
      blocks.set(20, golden.get(21) ?? EMPTY).set(21, golden.get(20) ?? EMPTY);
    },
    expected: ['20 block-number', '21 block-number'],
  },
  {
    name: 'a byte of a transaction',
    change: edit(20, (block) => ({ ...block, items: block.items.map((item) => flip(item, item.length - 5)) })),
    expected: ['20 data-hash'],
  },
  {
    name: 'a transaction taken out, and the header made to fit',
    change: edit(16, (block) => {
      const items = block.items.slice(1);
      return { ...block, items, dataHash: blockDataHash(items) };
    }),
    expected: ['16 quorum', '16 codes', '16 commit-hash'],
  },
  {
    name: 'a block without transactions',
    change: edit(20, (block) => ({ ...block, items: [] })),
    expected: ['20 data-hash'],
  },
  {
    name: 'another data hash',
    change: edit(20, (block) => ({ ...block, dataHash: flip(block.dataHash, 0) })),
    expected: ['20 data-hash', '20 quorum'],
  },
  {
    name: 'another previous hash',
    change: edit(20, (block) => ({ ...block, previousHash: flip(block.previousHash, 0) })),
    expected: ['20 previous-hash', '20 quorum'],
  },
  {
    name: 'another number in the header',
    change: edit(20, (block) => ({ ...block, number: 19 })),
    expected: ['20 block-number'],
  },
  {
    name: 'a code that makes an invalid transaction valid',
    change: edit(16, (block) => withMetadata(block, METADATA.transactionsFilter, Uint8Array.of(0, 0, 0))),
    expected: ['16 codes'],
    says: /transaction 1 \([0-9a-f]{64}\) has code 0 VALID, by the rules 11 MVCC_READ_CONFLICT/,
  },
  {
    name: 'a code that makes a valid transaction invalid',
    change: edit(7, (block) => withMetadata(block, METADATA.transactionsFilter, Uint8Array.of(10))),
    expected: ['7 codes'],
    says: /has code 10 ENDORSEMENT_POLICY_FAILURE, by the rules 0 VALID/,
  },
  {
    name: 'more codes than transactions',
    change: edit(20, (block) => withMetadata(block, METADATA.transactionsFilter, Uint8Array.of(0, 0))),
    expected: ['20 codes'],
    says: /2 codes for 1 transactions/,
  },
  {
    name: 'no codes where other blocks have them',
    change: edit(20, (block) => withMetadata(withMetadata(block, METADATA.transactionsFilter, EMPTY), METADATA.commitHash, EMPTY)),
    expected: ['20 codes'],
  },
  {
    name: 'no codes in the first block',
    change: edit(0, (block) => withMetadata(block, METADATA.transactionsFilter, EMPTY)),
    expected: ['0 codes'],
  },
  {
    name: 'another commit hash',
    change: edit(20, (block) => withMetadata(block, METADATA.commitHash, flip(block.metadata[METADATA.commitHash] ?? EMPTY, 10))),
    expected: ['20 commit-hash'],
  },
  {
    name: 'no commit hash',
    change: edit(20, (block) => withMetadata(block, METADATA.commitHash, EMPTY)),
    expected: ['20 commit-hash'],
  },
  {
    name: 'another configuration named, under the same signatures',
    change: edit(20, (block) => withLastConfig(block, 3)),
    expected: ['20 quorum', '20 last-config'],
  },
  {
    name: 'another configuration named in the place that orderers do not sign',
    change: edit(20, (block) => {
      const pointer = new common.LastConfig();
      pointer.setIndex(7);
      const metadata = new common.Metadata();
      metadata.setValue(pointer.serializeBinary());
      return withMetadata(block, METADATA.lastConfig, metadata.serializeBinary());
    }),
    expected: ['20 last-config'],
    says: /names block 7/,
  },
  { name: 'a block taken out', change: (blocks) => blocks.delete(20), expected: ['20 missing-block'] },
  {
    name: 'several blocks taken out',
    change: (blocks) => {
      for (const number of [20, 21, 22]) blocks.delete(number);
    },
    expected: ['20 missing-block'],
    says: /and so are all up to block 22/,
  },
  {
    name: 'a file cut off',
    change: (blocks) => blocks.set(20, (golden.get(20) ?? EMPTY).subarray(0, 900)),
    expected: ['20 unreadable-block'],
  },
  { name: 'an empty file', change: (blocks) => blocks.set(20, EMPTY), expected: ['20 block-number'] },
  { name: 'no block 0', change: (blocks) => blocks.delete(0), expected: ['0 missing-block'] },
];

describe('a change of a proved chain is found in its block, and nowhere else:', () => {
  it.each(MUTATIONS)('$name', async ({ change, expected, says }) => {
    const blocks = new Map([...golden].filter(([number]) => number < 30));
    change(blocks);
    const proved = await verifyBlocks(blocks);
    expect(found(proved)).toEqual(expected);
    expect(found(await verifyBlocks(blocks, { replay: true }))).toEqual(expected);
    if (says !== undefined) expect(proved.findings[0]?.what).toMatch(says);
  });
});

it('a file that is cut off anywhere is a finding in its block', async () => {
  const whole = golden.get(20) ?? EMPTY;
  for (let length = 0; length < whole.length; length += Math.max(1, Math.floor(whole.length / 30))) {
    const { findings } = await verifyBlocks(new Map([...golden].filter(([number]) => number < 22)).set(20, whole.subarray(0, length)));
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.every(({ block }) => block === 20)).toBe(true);
  }
});

it('tells codes that were altered from a peer that validated otherwise', async () => {
  const altered = new Map(golden);
  edit(16, (block) => withMetadata(block, METADATA.transactionsFilter, Uint8Array.of(0, 0, 0)))(altered);
  const [finding] = (await verifyBlocks(altered)).findings;
  expect(finding?.means).toContain('the codes were altered after the peer wrote them');
});

it('says once that a peer holds another state, from the block on where it began', async () => {
  const hashes = [...golden].map(([, bytes]) => readBlock(bytes).metadata[METADATA.commitHash] ?? EMPTY);
  const blocks = new Map(golden);
  for (let number = 20; number < 86; number++)
    edit(number, (block) => withMetadata(block, METADATA.commitHash, hashes[number + 1] ?? EMPTY))(blocks);
  const proved = await verifyBlocks(blocks);
  expect(found(proved)).toEqual(['20 commit-hash']);
  expect(proved).toMatchObject({ commitHashes: 19, signatures: 258, gap: expect.stringContaining('from block 20 on') });
});

it('goes on with signatures after a block that is gone, and says that outcomes are not proved any more', async () => {
  const blocks = new Map(golden);
  blocks.delete(20);
  const proved = await verifyBlocks(blocks);
  expect(proved).toMatchObject({ blocks: 86, signatures: 255, commitHashes: 19, gap: expect.stringContaining('block 20') });
});

describe('a chain whose orderers change', () => {
  const withNewcomer: Signers = [
    [1, 'AMSP'],
    [2, 'BMSP'],
    [5, 'EMSP'],
  ];
  const withFormer: Signers = [
    [1, 'AMSP'],
    [2, 'BMSP'],
    [4, 'DMSP'],
  ];
  let base: SignedChain;

  beforeAll(async () => {
    base = await SignedChain.found();
    base.append(A_B_C);
  }, 30_000);

  const verifyChain = (chain: SignedChain, options: VerifyOptions = {}): Promise<Verification> =>
    verifyBlocks(sourceOf(chain.blocks), options);

  it('is proved by the configuration of each block, the new orderers counting from the block after theirs', async () => {
    const chain = base.fork();
    chain.append(withFormer);
    const change = chain.appendChangeOfOrderers(withFormer);
    chain.append(withNewcomer);
    const proved = await verifyChain(chain, { replay: true });
    expect(found(proved)).toEqual([]);
    expect(proved.configurations.map(({ block, sequence }) => [block, sequence])).toEqual([
      [0, 0],
      [1, 1],
      [change, 2],
    ]);
  });

  it('has no valid block by an orderer that the configuration took out', async () => {
    const chain = base.fork();
    chain.appendChangeOfOrderers(withFormer);
    const number = chain.append(withFormer);
    const proved = await verifyChain(chain);
    expect(found(proved)).toEqual([`${String(number)} quorum`]);
    expect(proved.findings[0]?.what).toMatch(/orderer 4, which the configuration does not have/);
  });

  it('has no valid block by an orderer before the configuration took it in, not even that configuration', async () => {
    const chain = base.fork();
    const change = chain.appendChangeOfOrderers(withNewcomer);
    chain.append(withNewcomer);
    const proved = await verifyChain(chain);
    expect(found(proved)).toEqual([`${String(change)} quorum`]);
    expect(proved.unjudged).toEqual([[change + 1, change + 1]]);
  });

  it('has no valid configuration that too few admins signed, though the orderers did', async () => {
    const chain = base.fork();
    const change = chain.appendChangeOfOrderers(withFormer, ['AMSP', 'BMSP']);
    const proved = await verifyChain(chain);
    expect(found(proved)).toEqual([`${String(change)} configuration`]);
    expect(proved.findings[0]?.what).toMatch(
      /policy for \[Value\] {2}\/Channel\/Orderer\/Orderers not satisfied|policy for .* not satisfied/,
    );
  });

  it('does not judge signatures by an older configuration when the newer one is gone', async () => {
    const chain = base.fork();
    const change = chain.appendChangeOfOrderers(withFormer);
    const last = chain.append(withNewcomer);
    const blocks = new Map(sourceOf(chain.blocks));
    blocks.delete(change);
    const proved = await verifyBlocks(blocks);
    expect(found(proved)).toEqual([`${String(change)} missing-block`]);
    expect(proved.unjudged).toEqual([[last, last]]);
  });

  it('is told from another that the same orderers signed: both are named', async () => {
    const [one, other] = [base.fork(), base.fork()];
    const number = one.append(A_B_C);
    other.append(A_B_C);
    const [a, b] = [await verifyChain(one, { keepDigests: true }), await verifyChain(other, { keepDigests: true })];
    const { fork, same } = compareChains(a, b);
    expect([found(a), found(b), same, fork?.block]).toEqual([[], [], number, number]);
    expect(fork?.means).toMatch(/signed two different blocks/);
  });

  it('does not link two forks: the block after names a header that is not the one before', async () => {
    const [one, other] = [base.fork(), base.fork()];
    one.append(A_B_C);
    one.append(A_B_C);
    const number = other.append(A_B_C);
    const blocks = new Map(sourceOf(one.blocks)).set(number, writeBlock(other.blocks[number] as Block));
    expect(found(await verifyBlocks(blocks))).toContain(`${String(number + 1)} previous-hash`);
  });

  it('finds a single wrong signature beside a quorum, and says that the block stands', async () => {
    const chain = base.fork();
    const number = chain.append([...A_B_C, [4, 'EMSP']]);
    const proved = await verifyChain(chain);
    expect(found(proved)).toEqual([`${String(number)} signature`]);
    expect(describeFinding(proved.findings[0] as never)).toMatch(/its content stands/);
  });
});

describe('two copies of a chain', () => {
  const verifyKept = (blocks: ReadonlyMap<number, Uint8Array>, name: string): Promise<Verification> =>
    verifySource(newMemorySource(blocks, name), { keepDigests: true });

  it('are the same as far as both go', async () => {
    const shorter = new Map([...golden].filter(([number]) => number < 80));
    const comparison = compareChains(await verifyKept(golden, 'one'), await verifyKept(shorter, 'other'));
    expect(comparison).toEqual({ same: 80, fork: undefined, ahead: 'one goes on to block 86, other ends with 79' });
  });

  it.each([
    ['headers', edit(30, (block) => ({ ...block, previousHash: flip(block.previousHash, 1) })), /headers differ/],
    ['transactions', edit(30, (block) => ({ ...block, items: [flip(block.items[0] ?? EMPTY, 50)] })), /transactions differ/],
    ['codes', edit(30, (block) => withMetadata(block, METADATA.transactionsFilter, Uint8Array.of(12))), /validation codes differ/],
    [
      'commit hashes',
      edit(30, (block) => withMetadata(block, METADATA.commitHash, goldenBlock(31).metadata[METADATA.commitHash] ?? EMPTY)),
      /commit hashes differ/,
    ],
  ])('differ in %s from the block on where one was changed', async (_what, change, says) => {
    const changed = new Map(golden);
    change(changed);
    const { fork, same } = compareChains(await verifyKept(golden, 'one'), await verifyKept(changed, 'other'));
    expect(fork).toMatchObject({ block: 30, kind: 'fork', what: expect.stringMatching(says) });
    expect(same).toBe(30);
  });

  it('name the copy that the orderers signed when headers differ', async () => {
    const changed = new Map(golden);
    edit(30, (block) => ({ ...block, dataHash: blockHeaderHash(block) }))(changed);
    const { fork } = compareChains(await verifyKept(changed, 'altered'), await verifyKept(golden, 'good'));
    expect(fork?.means).toBe('The copy of good is the one that the orderers signed.');
  });

  it('are the same when different quorums of orderers signed them', async () => {
    const signed = await SignedChain.found();
    const number = signed.append(A_B_C);
    const other = signed.fork();
    other.blocks[number] = signed.resigned(signed.blocks[number] as Block, [
      [2, 'BMSP'],
      [3, 'CMSP'],
      [4, 'DMSP'],
    ]);
    const [a, b] = [await verifyKept(sourceOf(signed.blocks), 'one'), await verifyKept(sourceOf(other.blocks), 'other')];
    expect([found(a), found(b), compareChains(a, b).fork]).toEqual([[], [], undefined]);
  });
});
