import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import type { Organisation } from '../topology';
import { newPeerFailure, newPeerRefusal } from './peer-errors';

const peer = { name: 'south', title: 'South Hospital', mspId: 'SouthMSP', endpoints: { peer: '127.0.0.1:7100' } } as Organisation;
const call = { what: 'install the chaincode package' };

const serviceError = (code: status, details: string): ServiceError =>
  Object.assign(new Error(`${String(code)} ${details}`), { code, details, metadata: new Metadata() });

test('a refusal names the peer, the call and what the peer said', () => {
  expect(newPeerRefusal(peer, call, 'the disk is full')).toMatchObject({
    code: 'PEER_REFUSED',
    message: 'The peer of South Hospital (SouthMSP, 127.0.0.1:7100) did not install the chaincode package: the disk is full',
    hint: 'Look at the log of peer-south.',
  });
});

test.each([
  ['access denied: channel [] creator org unknown, creator is malformed', /admin of the peer’s own organisation/],
  ['Failed to authorize invocation due to failed ACL check: ...', /admin of the peer’s own organisation/],
  ["channel 'town' not found", /not in that channel/],
  ["chaincode install package ’x’ could not be loaded: package 'x' not found", /lifecycle install/],
  ['could not build chaincode: external builder failed', /externalBuilders/],
])('for “%s” there is a way out', (said, hint) => {
  expect(newPeerRefusal(peer, call, said).hint).toMatch(hint);
});

test.each([status.UNAVAILABLE, status.DEADLINE_EXCEEDED])('gRPC status %i says that the peer is not there', (code) => {
  expect(newPeerFailure(peer, call, serviceError(code, 'nobody'))).toMatchObject({
    code: 'PEER_UNREACHABLE',
    hint: expect.stringContaining('peer-south runs'),
  });
});

test('any other gRPC status is an answer of the peer', () => {
  expect(newPeerFailure(peer, call, serviceError(status.UNKNOWN, 'error validating proposal: access denied'))).toMatchObject({
    code: 'PEER_REFUSED',
    message: expect.stringMatching(/error validating proposal: access denied$/),
  });
});
