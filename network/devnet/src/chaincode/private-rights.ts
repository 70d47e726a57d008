import { RequestRefused } from '../simulation/request-refused';
import type { RunningTransaction } from './transaction';

interface Rights {
  readonly read: boolean;
  readonly write: boolean;
}

/** @throws RequestRefused unless the client may read the collection (core/chaincode/handler.go, errorIfCreatorHasNoReadPermission). */
export function assertMayRead(transaction: RunningTransaction, collection: string): void {
  if (!rightsOf(transaction, collection).read) throw refusal('read', transaction, collection);
}

/** @throws RequestRefused unless the client may write the collection. */
export function assertMayWrite(transaction: RunningTransaction, collection: string): void {
  if (!rightsOf(transaction, collection).write) throw refusal('write', transaction, collection);
}

function rightsOf(transaction: RunningTransaction, name: string): Rights {
  const known = transaction.rights.get(name);
  if (known !== undefined) return known;
  const rights = findRights(transaction, name);
  transaction.rights.set(name, rights);
  return rights;
}

/** The client's certificate is judged, never the peer's organisation. Implicit collections, of unknown organisations too, restrict nobody. */
function findRights({ invocation }: RunningTransaction, name: string): Rights {
  const collection = invocation.simulation.collection(invocation.chaincode, name);
  if (collection === undefined && isImplicit(name)) return { read: true, write: true };
  if (collection === undefined)
    throw new RequestRefused(`collection ${invocation.channelId}/${invocation.chaincode}/${name} could not be found`);
  const open = { read: !collection.memberOnlyRead, write: !collection.memberOnlyWrite };
  if (open.read && open.write) return open;
  return invocation.caller.satisfies(collection.memberPolicy) ? { read: true, write: true } : open;
}

function isImplicit(name: string): boolean {
  return name.startsWith('_implicit_org_');
}

function refusal(kind: 'read' | 'write', { invocation }: RunningTransaction, collection: string): RequestRefused {
  return new RequestRefused(
    `tx creator does not have ${kind} access permission on privatedata in chaincodeName:${invocation.chaincode} collectionName: ${collection}`,
  );
}
