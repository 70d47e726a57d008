import { formatCanonical, type AuditLogId, type AuditProof, type AuditRoot, type TransactionResponse } from '../../src/model';
import { MerkleTree } from './merkle-tree';
import { CLINIC, ask, found, HOSPITAL, newScene, openingOf, signingKeyOf, type Consortium } from './story';
import { ISSUED, newRef, Patient, signAs } from './wallet';

/** What a patient and an auditor hold after it. */
export interface AuditedStory {
  /** Some entries of the hospital's log, by its second root, which goes on from the first. */
  readonly proof: AuditProof;
  /** The same of a log without entry 2, all that follow chained anew. */
  readonly rewritten: AuditProof;
  /** Of a release, a compact JWS. */
  readonly receipt: string;
}

/** A consortium with a release, and with a hospital whose audit log was anchored after four entries and after seven. */
export async function runAuditedStory(consortium: Consortium): Promise<AuditedStory> {
  await found(consortium);
  const { relation, document, laboratory } = await newScene(consortium, new Patient(HOSPITAL));
  const { relationRef } = relation;
  const request = await ask(consortium, relation);
  const decided: TransactionResponse<'DecideRelease'> = await consortium.submit(
    await consortium.identity(HOSPITAL, 'gateway'),
    'DecideRelease',
    { relationRef, requestId: request.requestId, consentVersion: 2 },
    { input: openingOf(relation, document, [laboratory], request), endorsers: [HOSPITAL, CLINIC] },
  );
  const log = newRef<AuditLogId>();
  const texts = [1, 2, 3, 4, 5, 6, 7].map((n) => formatCanonical({ log, n, event: 'read', salt: newRef() }));
  const tree = newTree(texts);
  const anchor = async (number: number, previousSize: number, size: number): Promise<AuditRoot> => {
    const statement = { mspId: HOSPITAL, log, number, previousSize, ...tree.head(size), issuedAt: ISSUED };
    const request = {
      root: signAs('audit-root', statement, signingKeyOf(HOSPITAL)),
      consistency: previousSize === 0 ? [] : tree.consistency(previousSize, size),
    };
    return consortium.submit(await consortium.identity(HOSPITAL, 'gateway'), 'AnchorAuditRoot', request);
  };
  const earlier = await anchor(1, 0, 4);
  const root = await anchor(2, 4, 7);
  const entries = (of: readonly string[], numbers: readonly number[]): AuditProof['entries'] =>
    numbers.map((n) => ({ n, text: of[n - 1] ?? '', path: newTree(of).path(n - 1) }));
  const proof = {
    relationRef,
    mspId: HOSPITAL,
    log,
    root,
    earlier: { root: earlier, path: tree.consistency(4) },
    entries: entries(texts, [2, 5, 7]),
  };
  const fewer = texts
    .filter((_, index) => index !== 1)
    .map((text, index) => formatCanonical({ ...(JSON.parse(text) as object), n: index + 1 }));
  const claim = { ...statementOf(root), ...newTree(fewer).head(), previousSize: 4 };
  const claimed = { ...claim, jws: signAs('audit-root', claim, signingKeyOf(HOSPITAL)), at: root.at };
  const rewritten = { ...proof, root: claimed, earlier: null, entries: entries(fewer, [4, 6]) };
  return { proof, rewritten, receipt: decided.receipt ?? '' };
}

const newTree = (texts: readonly string[]): MerkleTree => new MerkleTree(texts.map((text) => Buffer.from(text)));

function statementOf({ jws: _jws, at: _at, ...statement }: AuditRoot): Omit<AuditRoot, 'jws' | 'at'> {
  return statement;
}
