import { orderer } from '@hyperledger/fabric-protos';

export type Position = { readonly kind: 'oldest' | 'newest' | 'next' } | { readonly kind: 'specified'; readonly number: number };

/** What an orderer.SeekPosition says; undefined: it says nothing. */
export function readPosition(position: orderer.SeekPosition | undefined): Position | undefined {
  switch (position?.getTypeCase()) {
    case orderer.SeekPosition.TypeCase.OLDEST:
      return { kind: 'oldest' };
    case orderer.SeekPosition.TypeCase.NEWEST:
      return { kind: 'newest' };
    case orderer.SeekPosition.TypeCase.NEXT_COMMIT:
      return { kind: 'next' };
    case orderer.SeekPosition.TypeCase.SPECIFIED:
      return { kind: 'specified', number: position.getSpecified()?.getNumber() ?? 0 };
    default:
      return undefined;
  }
}
