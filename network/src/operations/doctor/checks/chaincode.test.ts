import { judgeChaincode, type ChaincodeAnswer } from './chaincode';

const judge = (answer: ChaincodeAnswer) => judgeChaincode([{ member: 'one', answer }]);

it('chaincode that answers is in order', () => {
  expect(judge({ kind: 'answered', ms: 12 })).toEqual({ summary: 'answers at 1 peers within 12 ms', findings: [], unseen: [] });
});

it('chaincode whose peer is silent was not looked at', () => {
  expect(judge({ kind: 'peer silent' })).toMatchObject({
    findings: [],
    unseen: [{ what: 'chaincode-one', why: 'its peer does not answer' }],
  });
});

it.each<[string, ChaincodeAnswer, string]>([
  ['comes too late', { kind: 'late', afterMs: 6000 }, '`restart chaincode-one`'],
  ['cannot be reached', { kind: 'refused', said: 'could not launch chaincode: connection refused' }, '`restart chaincode-one`'],
  ['is not installed', { kind: 'refused', said: 'chaincode cc is not installed' }, '`lifecycle install --organisation one`'],
  ['is unknown', { kind: 'refused', said: 'chaincode cc not found' }, '`lifecycle query --organisation one`'],
  ['shows a bad certificate', { kind: 'refused', said: 'x509: certificate has expired' }, '`certs renew --organisation one --restart`'],
])('chaincode that %s is an error with the way out', (_case, answer, remedy) => {
  expect(judge(answer).findings).toMatchObject([{ severity: 'error', member: 'one', remedy: expect.stringContaining(remedy) }]);
});
