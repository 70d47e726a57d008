import { newBlockZero } from '../../src/genesis/block-zero';
import { issueIdentity, newRevocationList } from '../../src/genesis/certificates';
import { generateOrganisation, type GeneratedOrganisation } from '../../src/genesis/generate-organisation';
import { resolveConsortium } from '../../src/genesis/resolve-consortium';
import { newSigner } from '../../src/genesis/signer';
import type { Signer } from '../../src/endorser/signer';
import { openLedger } from '../../src/ledger/open-ledger';
import type { Ledger } from '../../src/store/ledger';

export interface SmallChannel {
  readonly ledger: Ledger;
  readonly organisations: ReadonlyMap<string, GeneratedOrganisation>;
  /** A first client of AMSP, an orderer of it, one whose certificate is revoked, and one of an organisation that is no member. */
  readonly client: Signer;
  readonly orderer: Signer;
  readonly peer: Signer;
  readonly revoked: Signer;
  readonly stranger: Signer;
}

/** Block 0 of a channel of two organisations, AMSP and BMSP, with nothing deployed. */
export async function newSmallChannel(): Promise<SmallChannel> {
  const consortium = resolveConsortium({ organisations: [{ mspId: 'AMSP' }, { mspId: 'BMSP' }] });
  const [a, b, other] = await Promise.all(['AMSP', 'BMSP', 'OtherMSP'].map((mspId) => generateOrganisation({ mspId })));
  if (a === undefined || b === undefined || other === undefined) throw new Error('an organisation was not made');
  const revoked = await issueIdentity(a.ca, { commonName: 'revoked', ou: 'client' });
  const material = { ...a, revocationLists: [await newRevocationList(a.ca, [revoked.certificate])] };
  const [first, second] = consortium.organisations;
  if (first === undefined || second === undefined) throw new Error('a consortium of two was asked for');
  const members = [
    { organisation: first, material },
    { organisation: second, material: b },
  ];
  const ledger = openLedger({ folder: ':memory:', genesis: newBlockZero(consortium, members), hostedMsps: ['AMSP', 'BMSP'] });
  return {
    ledger,
    organisations: new Map([
      ['AMSP', a],
      ['BMSP', b],
    ]),
    client: newSigner('AMSP', a.client),
    orderer: newSigner('AMSP', a.orderer),
    peer: newSigner('AMSP', a.peer),
    revoked: newSigner('AMSP', revoked),
    stranger: newSigner('OtherMSP', other.client),
  };
}
