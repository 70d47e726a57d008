import type { CodedError } from '../problem';

/**
 * Why no answer or endorsement came, as far as a retry needs to know:
 * `final` the chaincode decided; `lag` peers disagreed or only some refused, one may be a block behind; `unavailable` nobody decided anything.
 */
export type AnswerKind = 'final' | 'lag' | 'unavailable';

/** Nothing was submitted; carries what the caller is told when retrying does not help. */
export class AnswerError extends Error {
  constructor(
    readonly kind: AnswerKind,
    readonly error: CodedError,
  ) {
    super(error.message, { cause: error });
    this.name = 'AnswerError';
  }
}
