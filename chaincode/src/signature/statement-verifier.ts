import type { StatementVerifier } from '../model';
import { payloadDigestOf } from './digest';
import { isSignedBy } from './verify-signed';

/** Checks what the rules of trusted statements ask (model/rule/trust-statement.ts). */
export const statementVerifier: StatementVerifier = { isSignedBy, payloadDigestOf };
