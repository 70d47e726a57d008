import { peer } from '@hyperledger/fabric-protos';
import { DevnetError } from '../devnet-error';
import { equalBytes, sha256, utf8 } from '../proto/bytes';
import type { Snapshot } from '../store/ledger';
import type { Administration } from './administration';
import type { Member } from './config-groups';
import type { Chaincode } from './consortium';
import { LifecycleSimulation, type LifecycleResults } from './lifecycle-simulation';
import {
  approvalArguments,
  approvalState,
  commitArguments,
  definitionState,
  implicitCollection,
  packageState,
  readCommittedSequence,
} from './lifecycle-state';
import { newLifecycleTransaction } from './lifecycle-transaction';
import { newSigner } from './signer';

const NAMESPACE = '_lifecycle';
const { TxValidationCode: CODE } = peer;

/**
 * Brings a definition to the ledger by real lifecycle transactions: an approval of every member that has not approved it, then the commit.
 * What is already there is not repeated, so that an interrupted deployment is completed by deploying again, and a member that joined later approves.
 * Returns the ids of the transactions it took.
 * @throws DevnetError DEVNET_LIFECYCLE_REFUSED
 */
export async function deployChaincode(context: Administration, chaincode: Chaincode): Promise<string[]> {
  assertNextSequence(context, chaincode);
  const transactions: string[] = [];
  const bring = async (isThere: () => boolean, submit: () => Promise<Placed>): Promise<void> => {
    while (!isThere()) {
      const { txId, code } = await submit();
      if (code === CODE.VALID) transactions.push(txId);
      // What an interrupted deployment had ordered came first: look again whether that was all.
      else if (code !== CODE.MVCC_READ_CONFLICT) throw newRefused(chaincode, txId, code);
    }
  };
  for (const member of context.members) {
    await bring(
      () => hasApproved(context, chaincode, member),
      () => approve(context, chaincode, member),
    );
  }
  await bring(
    () => isCommitted(context, chaincode),
    () => commit(context, chaincode),
  );
  return transactions;
}

/** Whether exactly this definition is committed. */
export function isCommitted(context: Pick<Administration, 'ledger' | 'members'>, chaincode: Chaincode): boolean {
  return reading(context, ({ state }) =>
    [...definitionState(chaincode)].every(([key, value]) => {
      const stored = state.get(NAMESPACE, key);
      return stored !== undefined && equalBytes(stored.value, value);
    }),
  );
}

function assertNextSequence(context: Administration, chaincode: Chaincode): void {
  const committed = reading(context, ({ state }) => readCommittedSequence(state, chaincode.name));
  const { name, sequence } = chaincode;
  if (sequence === committed && isCommitted(context, chaincode)) return;
  if (sequence === committed + 1) return;
  const problem =
    sequence === committed
      ? `sequence ${sequence} of ${name} is committed with another definition`
      : `the definition has sequence ${sequence}, the ledger has ${committed === 0 ? 'none' : committed}`;
  throw new DevnetError(
    'DEVNET_LIFECYCLE_REFUSED',
    `chaincode ${name}: ${problem}; the next definition must have sequence ${committed + 1}`,
    {
      chaincode: name,
      sequence: committed + 1,
    },
  );
}

function hasApproved(context: Administration, chaincode: Chaincode, { organisation }: Member): boolean {
  const collection = implicitCollection(organisation.mspId);
  const values = new Map([...approvalState(chaincode), ...packageState(chaincode, packageIdFor(chaincode, organisation.mspId))]);
  return reading(context, ({ state }) =>
    [...values].every(([key, value]) => {
      const stored = state.getHash(NAMESPACE, collection, sha256(utf8(key)));
      return stored !== undefined && equalBytes(stored.valueHash, sha256(value));
    }),
  );
}

/** An organisation without a service approves the definition without a package. */
function packageIdFor(chaincode: Chaincode, mspId: string): string {
  return chaincode.services.has(mspId) ? chaincode.packageId : '';
}

async function approve(context: Administration, chaincode: Chaincode, member: Member): Promise<Placed> {
  const { mspId } = member.organisation;
  const packageId = packageIdFor(chaincode, mspId);
  const simulated = reading(context, (snapshot) => new LifecycleSimulation(snapshot, chaincode).approve(mspId, packageId), mspId);
  return execute(context, { simulated, args: approvalArguments(chaincode, packageId), caller: member, endorsers: [member] });
}

async function commit(context: Administration, chaincode: Chaincode): Promise<Placed> {
  const mspIds = context.ledger.channel.members.map((member) => member.mspId);
  const simulated = reading(context, (snapshot) => new LifecycleSimulation(snapshot, chaincode).commit(mspIds));
  const [caller] = context.members;
  if (caller === undefined) throw new DevnetError('DEVNET_LIFECYCLE_REFUSED', 'the channel has no member whose admin could commit');
  return execute(context, { simulated, args: commitArguments(chaincode), caller, endorsers: context.members });
}

/** A transaction in the chain, with its validation code. */
interface Placed {
  readonly txId: string;
  readonly code: number | undefined;
}

interface Execution {
  readonly simulated: LifecycleResults;
  readonly args: readonly Uint8Array[];
  readonly caller: Member;
  readonly endorsers: readonly Member[];
}

async function execute(context: Administration, { simulated, args, caller, endorsers }: Execution): Promise<Placed> {
  const { ledger } = context;
  const { txId, envelope } = newLifecycleTransaction({
    channelId: ledger.channel.id,
    caller: newSigner(caller.organisation.mspId, caller.material.admin),
    endorsers: endorsers.map(({ organisation, material }) => newSigner(organisation.mspId, material.peer)),
    args,
    results: simulated.results,
  });
  if (simulated.privateSets !== undefined) ledger.peer(caller.organisation.mspId)?.stage(txId, simulated.privateSets);
  await context.place(envelope);
  return { txId, code: ledger.transaction(txId)?.code };
}

function newRefused({ name, sequence }: Chaincode, txId: string, code: number | undefined): DevnetError {
  return new DevnetError(
    'DEVNET_LIFECYCLE_REFUSED',
    `${name}, sequence ${sequence}: a lifecycle transaction ended with code ${code ?? 'none'}`,
    { txId },
  );
}

/** On the newest state of a peer. */
export function reading<T>(
  { ledger, members }: Pick<Administration, 'ledger' | 'members'>,
  read: (snapshot: Snapshot) => T,
  mspId = members[0]?.organisation.mspId ?? '',
): T {
  const snapshot = ledger.peer(mspId)?.snapshot();
  if (snapshot === undefined) throw new DevnetError('DEVNET_UNKNOWN_ORGANISATION', `the devnet plays no peer of ${mspId}`, { mspId });
  try {
    return read(snapshot);
  } finally {
    snapshot.release();
  }
}
