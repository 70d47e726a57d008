import { adjudicate, formatCanonical } from '@medaccord/chaincode/model';
import { claimVectors, questionOfClaim, tellLine } from '../../chaincode/test/support/claim-vectors';
import { secondAdjudication } from '../../chaincode/test/support/second-adjudication';

describe('the rule of adjudication that gateways run, in the package of the chaincode', () => {
  const all = [...claimVectors.byHand, ...claimVectors.bySecond];

  test.each(all.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const { plan, used, claim, facts } = questionOfClaim(vector);
    const answer = adjudicate(...([plan, used, claim, facts] as object as Parameters<typeof adjudicate>));
    expect(answer.lines.map(tellLine)).toEqual(vector.answer);
    expect(answer.used).toEqual(vector.adds);
    expect(formatCanonical(answer)).toBe(formatCanonical(secondAdjudication(plan, used, claim, facts)));
  });
});
