import { newBlockZero } from '../../src/genesis/block-zero';
import { newChannelHeader, newNonce, type Signer } from '../../src/genesis/config-envelope';
import type { CertifiedKey } from '../../src/genesis/consortium-spec';
import { generateOrganisation } from '../../src/genesis/generate-organisation';
import type { StoredMember } from '../../src/genesis/material-store';
import { resolveConsortium } from '../../src/genesis/resolve-consortium';
import { newSigner } from '../../src/genesis/signer';
import { openLedger } from '../../src/ledger/open-ledger';
import { Orderer } from '../../src/orderer/orderer';
import { utf8 } from '../../src/proto/bytes';
import { HEADER_TYPE, writeEnvelope, writePayload, writeSignatureHeader } from '../../src/proto/envelopes';
import { transactionId } from '../../src/proto/transactions';
import type { Ledger } from '../../src/store/ledger';

/** A channel of three members in memory, with its orderer. */
export interface OrderedChannel {
  readonly ledger: Ledger;
  readonly members: readonly StoredMember[];
  readonly orderer: Orderer;
  /** Why ordering stopped. */
  readonly failures: readonly unknown[];
  /** Another orderer on the same ledger and file, as after a restart. */
  restart(): Orderer;
}

export const CHANNEL_MSPS = ['AMSP', 'BMSP', 'CMSP'];

export async function newOrderedChannel(file = ':memory:', batch: { readonly absoluteMaxBytes?: number } = {}): Promise<OrderedChannel> {
  const consortium = resolveConsortium({ organisations: CHANNEL_MSPS.map((mspId) => ({ mspId })), batch });
  const members = await Promise.all(
    consortium.organisations.map(async (organisation): Promise<StoredMember> => {
      const generated = await generateOrganisation(organisation);
      return { organisation, material: generated, generated };
    }),
  );
  const ledger = openLedger({ folder: ':memory:', genesis: newBlockZero(consortium, members), hostedMsps: CHANNEL_MSPS });
  const signers = new Map(members.map(({ organisation: { mspId }, material }) => [mspId, newSigner(mspId, material.orderer)]));
  const failures: unknown[] = [];
  const restart = (): Orderer => new Orderer({ ledger, file, signers, idleMs: 2, onFailure: (cause) => failures.push(cause) });
  return { ledger, members, orderer: restart(), failures, restart };
}

export function clientOf({ organisation, generated }: StoredMember, key: CertifiedKey | undefined = generated?.client): Signer {
  if (key === undefined) throw new Error('no client');
  return newSigner(organisation.mspId, key);
}

/** A signed message that ordering takes; what it says is junk to the committer, which gives it a code. */
export interface MessageSpec {
  readonly channelId?: string;
  readonly type?: number;
  readonly data?: string;
}

export function newMessage(
  signer: Signer,
  { channelId = 'main', type = HEADER_TYPE.endorserTransaction, data = 'junk' }: MessageSpec = {},
) {
  const nonce = newNonce();
  const txId = transactionId(nonce, signer.identity);
  const payload = writePayload({
    channelHeader: newChannelHeader({ type, channelId, txId }),
    signatureHeader: writeSignatureHeader({ creator: signer.identity, nonce }),
    data: utf8(data),
  });
  return { txId, envelope: writeEnvelope({ payload, signature: signer.sign(payload) }) };
}
