import {
  auditRootKey,
  newError,
  organisationKey,
  parseAuditRoot,
  parseOrganisation,
  parseSigned,
  trustAuditRoot,
  type AuditRoot,
  type TransactionRequest,
} from '../model';
import { anchorAuditRoot } from '../audit';
import type { Ledger } from '../ledger';
import { statementVerifier } from '../signature';
import { organisationOf, rulesOf, sealForGood } from './facts';

type RootName = TransactionRequest<'GetAuditRoot'>;

/** Puts on record how far an organisation's audit log goes. Nobody writes it in the name of another member, and nothing replaces it. */
export async function anchorAuditRootDesk(
  ledger: Ledger,
  { root, consistency }: TransactionRequest<'AnchorAuditRoot'>,
): Promise<AuditRoot> {
  const signed = parseSigned('audit-root', root, 'request.root');
  const { mspId, log, number } = signed.payload;
  if (mspId !== ledger.caller.mspId) throw newError('CALLER_NOT_ALLOWED', { transaction: 'AnchorAuditRoot', allowed: mspId });
  const { signing } = await organisationOf(ledger, mspId);
  const standing = await findRoot(ledger, { mspId, log, number });
  const previous = number === 1 ? undefined : await findRoot(ledger, { mspId, log, number: number - 1 });
  const anchored = anchorAuditRoot(signed, consistency, { standing, previous, key: signing }, ledger.now);
  if (anchored === standing) return anchored;
  const key = auditRootKey(mspId, log, number);
  await ledger.requirePresence(mspId);
  await ledger.write(key, anchored);
  await sealForGood(ledger, await rulesOf(ledger), [key]);
  ledger.emit({ name: 'AuditRootAnchored', ids: { mspId } });
  return anchored;
}

export async function getAuditRootDesk(ledger: Ledger, name: RootName): Promise<AuditRoot> {
  const root = await findRoot(ledger, name);
  if (root === undefined) throw newError('AUDIT_ROOT_NOT_FOUND', { n: name.number });
  return root;
}

/** A root by any key that its organisation ever signed with: what others wrote in its place counts for nothing and holds up none. */
async function findRoot(ledger: Ledger, { mspId, log, number }: RootName): Promise<AuditRoot | undefined> {
  const stored = await ledger.readOrJunk(auditRootKey(mspId, log, number), parseAuditRoot);
  if (stored === undefined || stored === 'junk') return undefined;
  const owner = await ledger.trace(organisationKey(mspId), parseOrganisation);
  return trustAuditRoot(
    stored,
    owner.map(({ signing }) => signing),
    statementVerifier,
  );
}
