import { gateway as messages, peer } from '@hyperledger/fabric-protos';
import type { PeerConnection } from './peer-connection';
import { newPeerFailure, newPeerRefusal, type PeerCall } from './peer-errors';

/** A question to a system chaincode of one peer. */
export interface PeerQuestion extends PeerCall {
  /** Empty: the question is not about a channel, and the peer asks its own MSP who may ask. */
  readonly channel: string;
  readonly chaincode: string;
  readonly transaction: string;
  readonly arguments: readonly (string | Uint8Array)[];
  readonly withinMs?: number;
}

const ANSWERS_WITHIN_MS = 10_000;
const STATUS = { ok: 200, failures: 400, notFound: 404 } as const;

/**
 * Asks the peer itself, past its gateway: the Endorser service carries out what concerns this one peer (core/endorser/endorser.go). The
 * gateway's client library makes and signs the proposal; nothing of it is ordered.
 * @throws LifecycleError PEER_UNREACHABLE, PEER_REFUSED
 */
export async function askPeer(connection: PeerConnection, question: PeerQuestion): Promise<Uint8Array> {
  const answer = await askPeerIfFound(connection, question);
  if (answer === undefined) throw newPeerRefusal(connection.organisation, question, 'it has no such thing (404)');
  return answer;
}

/** As `askPeer`; undefined where the peer says that there is no such thing. */
export async function askPeerIfFound(connection: PeerConnection, question: PeerQuestion): Promise<Uint8Array | undefined> {
  const { organisation } = connection;
  const proposal = await signProposal(connection, question);
  const response = await processProposal(connection, proposal, question);
  const { status = 0, message = '', payload = new Uint8Array() } = readResponse(response);
  if (status === STATUS.notFound) return undefined;
  if (status < STATUS.ok || status >= STATUS.failures) throw newPeerRefusal(organisation, question, message);
  return payload;
}

interface Answer {
  readonly status?: number;
  readonly message?: string;
  readonly payload?: Uint8Array;
}

function readResponse(response: peer.ProposalResponse): Answer {
  const answer = response.getResponse();
  if (answer === undefined) return {};
  return { status: answer.getStatus(), message: answer.getMessage(), payload: answer.getPayload_asU8() };
}

async function signProposal({ gateway, sign }: PeerConnection, question: PeerQuestion): Promise<peer.SignedProposal> {
  const contract = gateway.getNetwork(question.channel).getContract(question.chaincode);
  const unsigned = contract.newProposal(question.transaction, { arguments: [...question.arguments] });
  const signed = gateway.newSignedProposal(unsigned.getBytes(), await sign(unsigned.getDigest()));
  const proposal = messages.ProposedTransaction.deserializeBinary(signed.getBytes()).getProposal();
  if (proposal === undefined) throw new Error('A signed proposal has a proposal');
  return proposal;
}

function processProposal(
  { organisation, client }: PeerConnection,
  proposal: peer.SignedProposal,
  question: PeerQuestion,
): Promise<peer.ProposalResponse> {
  const { path, requestSerialize, responseDeserialize } = peer.EndorserService.processProposal;
  const deadline = Date.now() + (question.withinMs ?? ANSWERS_WITHIN_MS);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, proposal, { deadline }, (error, response) => {
      if (error !== null) reject(newPeerFailure(organisation, question, error));
      else resolve(response ?? new peer.ProposalResponse());
    });
  });
}
