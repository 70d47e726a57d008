import { decideAccess } from '@medaccord/chaincode/model';
import { answerOf, questionOf, vectors } from '../../chaincode/test/support/rule-vectors';

describe('the rule that gateways run, in the package of the chaincode', () => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const question = questionOf(vector) as object as Parameters<typeof decideAccess>[0];
    expect(decideAccess(question)).toEqual(answerOf(vector));
  });
});
