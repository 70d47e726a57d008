import { parseError } from '@medaccord/chaincode/model';
import { CodedError, newError } from '../problem';
import { AnswerError } from './answer-error';

/** The parts of the client library's GatewayError that decide. */
export interface GatewayFailure {
  /** gRPC status. */
  readonly code: number;
  readonly message: string;
  readonly details: readonly { readonly mspId: string; readonly message: string }[];
}

const grpc = { UNKNOWN: 2, DEADLINE_EXCEEDED: 4, FAILED_PRECONDITION: 9, ABORTED: 10, UNAVAILABLE: 14 };
const transient = new Set([grpc.DEADLINE_EXCEEDED, grpc.FAILED_PRECONDITION, grpc.UNAVAILABLE]);
const mismatch = 'ProposalResponsePayloads do not match';

/**
 * Reads back an evaluate's or endorsement's error: the chaincode's own JSON stands in the details of each peer, else in the message.
 * Peers that disagree and text that does not parse are never guessed at.
 * @param asked number of organisations that had to answer; 0 when the peer chose
 */
export function translateAnswer(failure: GatewayFailure, asked: number): AnswerError {
  const texts = failure.details.length > 0 ? failure.details.map(({ message }) => message) : [failure.message];
  const answers = texts.map(parseDomainError);
  const [first] = answers;
  if (first !== undefined && answers.every((answer) => answer?.code === first.code)) {
    const partly = asked > 1 && failure.details.length > 0 && failure.details.length < asked;
    return new AnswerError(partly ? 'lag' : 'final', first);
  }
  if (texts.some((text) => text.includes(mismatch)) || answers.some((answer) => answer !== undefined)) {
    return new AnswerError('lag', newError('LEDGER_UNKNOWN', 'The organisations that must endorse do not give the same answer'));
  }
  return translateUndecided(failure, texts);
}

function translateUndecided(failure: GatewayFailure, texts: readonly string[]): AnswerError {
  const chaincodeSpoke = texts.some((text) => text.includes('chaincode response'));
  if (transient.has(failure.code) || (!chaincodeSpoke && (failure.code === grpc.ABORTED || failure.code === grpc.UNKNOWN))) {
    return new AnswerError(
      'unavailable',
      newError('LEDGER_UNAVAILABLE', 'Not enough organisations answered; nothing was submitted', { cause: failure }),
    );
  }
  return new AnswerError(
    'final',
    newError('LEDGER_UNKNOWN', 'The chaincode answered something that is not understood', { cause: failure }),
  );
}

/** `... chaincode response 500, {"code":...,"details":...,"message":...}` */
function parseDomainError(text: string): CodedError | undefined {
  const start = text.indexOf('{"');
  const error = start < 0 ? undefined : parseError(text.slice(start, text.lastIndexOf('}') + 1));
  return error === undefined ? undefined : new CodedError(error);
}
