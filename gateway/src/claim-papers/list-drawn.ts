import type { ClaimBody } from '@medaccord/chaincode/model';

/** The ids of the preauthorizations that lines name: what they allow has the id of the claim and the line. */
export function listDrawn(claims: readonly { readonly body: Pick<ClaimBody, 'lines'> }[]): readonly string[] {
  const ids = claims.flatMap(({ body }) => body.lines.flatMap(({ authorization }) => authorization?.split('.')[0] ?? []));
  return [...new Set(ids)];
}
