import { openPeerConnection, submitTransaction, type PeerConnection } from '../lifecycle';
import type { Organisation, Topology } from '../topology';

const HINT = 'Look at the logs of the chaincode and at `chaincode.first` in the topology file.';

export interface FirstTransactionFacts {
  readonly organisation: string;
  readonly transaction: string;
  readonly transactionId: string;
}

/**
 * Submits the first transactions of a chaincode, in their order, each by the admin of its organisation; those of members on other machines are
 * theirs to submit. Running them again after an
 * interruption is harmless by contract: the chaincode answers the same content without writing it again.
 * @throws LedgerRefusal
 */
export async function runFirstTransactions(topology: Topology): Promise<FirstTransactionFacts[]> {
  const clients = new Map<string, PeerConnection>();
  const facts: FirstTransactionFacts[] = [];
  try {
    for (const { organisation, transaction, arguments: values } of topology.chaincode.first) {
      const member = findMember(topology, organisation);
      if (!member.isHere) continue;
      const client = clients.get(organisation) ?? openPeerConnection(member);
      clients.set(organisation, client);
      const request = { channel: topology.channel, chaincode: topology.chaincode.name, transaction, hint: HINT };
      const { transactionId } = await submitTransaction(client, { ...request, arguments: values.map(formatArgument) });
      facts.push({ organisation, transaction, transactionId });
    }
    return facts;
  } finally {
    for (const client of clients.values()) client.close();
  }
}

function findMember(topology: Topology, name: string): Organisation {
  const organisation = topology.organisations.find((candidate) => candidate.name === name);
  if (organisation === undefined) throw new Error(`A resolved topology names only organisations it has, but not ${name}`);
  return organisation;
}

/** Transactions take text; whatever else the topology says goes as JSON. */
function formatArgument(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
