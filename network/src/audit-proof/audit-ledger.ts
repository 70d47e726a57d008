import { createHash, createPublicKey, verify } from 'node:crypto';
import {
  auditRootKey,
  decisionKey,
  formatCanonical,
  isSameStatement,
  organisationKey,
  parseDecision,
  parseJson,
  parseKey,
  parseOrganisation,
  payloadBytes,
  trustAuditRoot,
  type AuditRoot,
  type Digest,
  type Jwk,
  type Signed,
  type SignedKind,
  type StatementVerifier,
} from '@medaccord/chaincode/model';
import type { BlockSource } from '../verify';
import { readWrites, type LedgerWrite } from './read-writes';

/** Kinds of entries that evidence is held against. */
const kept = new Set(['audit-root', 'decision', 'organisation']);

/** What a chain says about audit logs and receipts, gathered while its blocks are proved. */
export class AuditLedger {
  readonly #chaincode: string;
  readonly #writes = new Map<string, LedgerWrite[]>();

  /** @param chaincode the name under which the members run it */
  constructor(chaincode: string) {
    this.#chaincode = chaincode;
  }

  /** The same blocks; what they wrote is taken down as they pass. */
  watch(source: BlockSource): BlockSource {
    const take = (bytes: Uint8Array): void => {
      for (const write of readWrites(bytes, this.#chaincode)) this.#take(write);
    };
    return {
      name: source.name,
      async *blocks(from) {
        for await (const block of source.blocks(from)) {
          take(block.bytes);
          yield block;
        }
      },
      block: (number) => source.block(number),
      close: () => {
        source.close();
      },
    };
  }

  /** The block in which an organisation anchored this very root; undefined: it did not, or its signature is not its own. */
  findRoot(root: AuditRoot): number | undefined {
    if (trustAuditRoot(root, this.#keysOf(root.mspId), statementVerifier) === undefined) return undefined;
    const text = formatCanonical(root);
    const written = this.#listOwn(auditRootKey(root.mspId, root.log, root.number), root.mspId);
    return written.find(({ value }) => value === text)?.block;
  }

  /** The block with the decision that carries this very receipt; undefined: there is none, or the custodian has not signed it. */
  findReceipt(receipt: Signed<'disclosure-receipt'>): number | undefined {
    const { relationRef, counterparty, requestId, custodian } = receipt.payload;
    if (!this.#keysOf(custodian).some((key) => statementVerifier.isSignedBy(receipt, key))) return undefined;
    const decided = this.#listOwn(decisionKey(relationRef, counterparty, requestId), custodian);
    return decided.find(({ value }) => {
      const jws = parseJson(parseDecision, value, 'decision').receipt;
      return jws !== null && isSameStatement(jws, receipt.jws);
    })?.block;
  }

  #take(write: LedgerWrite): void {
    if (!kept.has(parseKey(write.key)?.type ?? '')) return;
    this.#writes.set(write.key, [...(this.#writes.get(write.key) ?? []), write]);
  }

  /** What a member's own clients wrote under a key: what others wrote there counts for nothing. */
  #listOwn(key: string, mspId: string): readonly LedgerWrite[] {
    return (this.#writes.get(key) ?? []).filter(({ creator }) => creator === mspId);
  }

  /** Every key that a member ever signed with. */
  #keysOf(mspId: AuditRoot['mspId']): readonly Jwk[] {
    return this.#listOwn(organisationKey(mspId), mspId).map(({ value }) => parseJson(parseOrganisation, value, 'organisation').signing);
  }
}

const statementVerifier: StatementVerifier = {
  isSignedBy: ({ signingInput, signature }: Signed<SignedKind>, key: Jwk) =>
    verify(
      'sha256',
      Buffer.from(signingInput),
      { key: createPublicKey({ key: { ...key }, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
      signature,
    ),
  payloadDigestOf: (jws) => createHash('sha256').update(payloadBytes(jws)).digest('base64url') as Digest,
};
