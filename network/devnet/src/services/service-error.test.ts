import { status } from '@grpc/grpc-js';
import { GatewayRefusal } from './refusal';
import { EXPLANATION, toServiceError } from './service-error';

const never = (error: unknown): never => {
  throw error;
};

test('a refusal carries its code, its text and a google.rpc.Status with the details', () => {
  const details = [{ address: 'localhost:1', mspId: 'AMSP', message: 'why' }];
  const error = toServiceError(new GatewayRefusal(status.ABORTED, 'refused', { details, explanations: ['key "k" differs'] }), never);
  expect([error.code, error.details]).toEqual([10, 'refused']);
  const [packed] = error.metadata.get('grpc-status-details-bin');
  const text = Buffer.from(packed as Buffer).toString('latin1');
  expect(text.startsWith('\x08\x0a\x12\x07refused\x1a')).toBe(true);
  for (const part of ['type.googleapis.com/gateway.ErrorDetail', 'localhost:1', 'AMSP', 'why']) expect(text).toContain(part);
  expect(String(error.metadata.get(EXPLANATION)[0])).toBe('key "k" differs');
});

test('a refusal without details has no details trailer', () => {
  expect(toServiceError(new GatewayRefusal(status.NOT_FOUND, 'x'), never).metadata.get('grpc-status-details-bin')).toEqual([]);
});

test("the devnet's own fault is reported to its owner, and says nothing to the client", () => {
  const problems: unknown[] = [];
  const fault = new Error('secret path');
  const error = toServiceError(fault, (problem) => problems.push(problem));
  expect(problems).toEqual([fault]);
  expect([error.code, error.details]).toEqual([13, 'the devnet failed; its log says why']);
});
