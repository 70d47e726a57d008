import type { AccessRequest, Decision, Review } from '@medaccord/chaincode/model';
import type { Row } from './database';

/** A declared emergency and what became of it. */
export interface Declared {
  readonly request: AccessRequest & Required<Pick<AccessRequest, 'breakGlass'>>;
  readonly transactionId: string;
  readonly decision: Decision | undefined;
  readonly review: Review | undefined;
}

export const unitIndex = "CREATE INDEX fact_unit ON fact (json_extract(value, '$.breakGlass.unit')) WHERE type = 'request';";

/** By the first and the last unit. */
export const selectDeclared = `
SELECT r.value AS request, r.transaction_id, d.value AS decision, v.value AS review FROM fact r
  LEFT JOIN fact d ON d.type = 'decision' AND d.ref = r.ref AND d.id = r.id
  LEFT JOIN fact v ON v.type = 'review' AND v.ref = r.ref AND v.id = r.id
  WHERE r.type = 'request' AND json_extract(r.value, '$.breakGlass.unit') BETWEEN ? AND ? ORDER BY r.block, r.position`;

export function parseDeclared(row: unknown): Declared {
  const { request, transaction_id: transactionId, decision, review } = row as Row;
  const parse = (value: Row[string] | undefined): unknown => (typeof value === 'string' ? JSON.parse(value) : undefined);
  return { request: parse(request), transactionId, decision: parse(decision), review: parse(review) } as Declared;
}
