import { EndorseError } from '@hyperledger/fabric-gateway';
import { openPeerConnection } from '../../lifecycle';
import type { Organisation, Topology } from '../../topology';
import { until } from './until';

const WITHIN_MS = 90_000;
/** A transaction that every contract of the Node chaincode API has, and that writes nothing (fabric-contract-api, SystemContract). */
const HARMLESS = 'org.hyperledger.fabric:GetMetadata';

/**
 * Waits until an organisation's peer gets endorsements as its policy wants them, from members that it chooses itself. Neither a committed
 * definition nor an answered question proves that: a policy that names nothing passes both, and so does a peer that knows no other.
 * Nothing is submitted.
 */
export function untilEndorsed(topology: Topology, organisation: Organisation): Promise<void> {
  return until(`the peer of ${organisation.mspId} gets endorsements`, WITHIN_MS, () => isEndorsed(topology, organisation));
}

/** Asks for endorsements once. @throws EndorseError that says why there are none */
export async function isEndorsed({ channel, chaincode }: Topology, organisation: Organisation): Promise<boolean> {
  const connection = openPeerConnection(organisation);
  try {
    await connection.gateway.getNetwork(channel).getContract(chaincode.name).newProposal(HARMLESS).endorse();
    return true;
  } catch (error) {
    if (isAnswered(error)) return true;
    throw error;
  } finally {
    connection.close();
  }
}

/** Chaincode that does not know the transaction has answered all the same. */
function isAnswered(error: unknown): boolean {
  return error instanceof EndorseError && error.details.some(({ message }) => message.startsWith('chaincode response'));
}
