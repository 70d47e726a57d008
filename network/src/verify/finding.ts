/** What kind of thing is wrong; programs tell findings apart by it. */
export type FindingKind =
  | 'missing-block'
  | 'unreadable-block'
  | 'block-number'
  | 'previous-hash'
  | 'data-hash'
  | 'quorum'
  | 'signature'
  | 'last-config'
  | 'configuration'
  | 'channel'
  | 'codes'
  | 'commit-hash'
  | 'fork';

/** Something that is not as the chain's own rules make it. */
export interface Finding {
  readonly block: number;
  readonly kind: FindingKind;
  /** What differs. */
  readonly what: string;
  /** What it means for whoever relies on this copy of the chain. */
  readonly means: string;
}

const MEANINGS: Readonly<Record<FindingKind, string>> = {
  'missing-block': 'A part of the chain is not there. What follows is still proved as far as it does not depend on it.',
  'unreadable-block': 'The file was cut off or overwritten. Take the block from another peer.',
  'block-number': 'Blocks were swapped or renamed. Take the block from another peer.',
  'previous-hash': 'This block and the one before it are not of the same chain.',
  'data-hash':
    'The transactions are not those that the orderers signed. Take the block from another peer, and trust nothing that this copy led to.',
  quorum:
    'The ordering service never agreed on this block as it stands here: header, metadata or signatures were altered, or it was made by too few.',
  signature: 'Enough other orderers signed the block, so its content stands; but no orderer wrote the signatures as they are here.',
  'last-config': 'The block was made under another configuration than the one that held, or the pointer was altered.',
  configuration: 'The members did not agree on this configuration by the rules of the one before it.',
  channel: 'The block belongs to another channel.',
  codes: 'The peer takes transactions for valid that are not, or the other way round; or the codes were altered after it wrote them.',
  'commit-hash': 'The state of the peer after this block is not the one that the transactions lead to, or the hash was altered.',
  fork: 'The two copies are not the same chain from this block on.',
};

/** `means`: where more can be said than for the kind in general. */
export function newFinding(block: number, kind: FindingKind, what: string, means: string = MEANINGS[kind]): Finding {
  return { block, kind, what, means };
}
