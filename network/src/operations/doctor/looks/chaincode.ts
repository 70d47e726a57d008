import { status as grpcStatus } from '@grpc/grpc-js';
import { GatewayError } from '@hyperledger/fabric-gateway';
import { type PeerConnection, withPeer } from '../../../lifecycle';
import type { Topology } from '../../../topology';
import type { ChaincodeAnswer, ChaincodeFacts } from '../checks/chaincode';
import { listAnswering, type Scene } from '../scene';

/** A transaction that every contract of the Node chaincode API has, and that writes nothing (fabric-contract-api, SystemContract). */
const HARMLESS = 'org.hyperledger.fabric:GetMetadata';
/** Longer than a peer waits for its chaincode before it tells that it did in vain. */
const WITHIN_MS = 10_000;
/** A server that reaches the deadline first calls the call off. */
const LATE = new Set<number>([grpcStatus.DEADLINE_EXCEEDED, grpcStatus.CANCELLED]);
const GONE: number = grpcStatus.UNAVAILABLE;

/** Asks every organisation's chaincode something harmless, at its own peer. */
export async function askChaincode(scene: Scene): Promise<ChaincodeFacts[]> {
  const answering = listAnswering(scene);
  return Promise.all(
    scene.topology.organisations.map(async (organisation): Promise<ChaincodeFacts> => {
      const { name: member } = organisation;
      if (!answering.includes(organisation)) return { member, answer: { kind: 'peer silent' } };
      return { member, answer: await withPeer(organisation, (connection) => ask(connection, scene.topology)) };
    }),
  );
}

async function ask({ gateway, mspId }: PeerConnection, { channel, chaincode }: Topology): Promise<ChaincodeAnswer> {
  const contract = gateway.getNetwork(channel).getContract(chaincode.name);
  const since = Date.now();
  try {
    await contract.newProposal(HARMLESS, { endorsingOrganizations: [mspId] }).evaluate({ deadline: since + WITHIN_MS });
  } catch (error) {
    const answer = readFailure(error, Date.now() - since);
    if (answer !== undefined) return answer;
  }
  return { kind: 'answered', ms: Date.now() - since };
}

/** Undefined: an error of the chaincode itself, which is an answer. */
function readFailure(error: unknown, ms: number): ChaincodeAnswer | undefined {
  if (!(error instanceof GatewayError)) throw error;
  const said = error.details.map(({ message }) => message).join('; ');
  if (/^chaincode response/.test(said)) return undefined;
  if (LATE.has(error.code)) return { kind: 'late', afterMs: Math.round(ms / 1000) * 1000 };
  if (said === '' && error.code === GONE) return { kind: 'peer silent' };
  return { kind: 'refused', said: said === '' ? error.cause.details : said };
}
