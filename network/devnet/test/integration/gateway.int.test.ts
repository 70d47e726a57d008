import { CommitError, EndorseError, GatewayError, signers } from '@hyperledger/fabric-gateway';
import { createPrivateKey } from 'node:crypto';
import { gateway as messages } from '@hyperledger/fabric-protos';
import { generateOrganisation } from '../../src';
import { readPayload, readSignatureHeader } from '../../src/proto/envelopes';
import { connectClient, parse, script, type TestClient } from '../support/golden-client';
import { startGoldenNetwork, type GoldenNetwork } from '../support/golden-network';

jest.setTimeout(60_000);

let network: GoldenNetwork;
let north: TestClient;

beforeAll(async () => {
  network = await startGoldenNetwork();
  north = network.client('NorthMSP');
});
afterAll(() => network.stop());

const caught = async <E>(work: Promise<unknown>, type: new (...args: never[]) => E): Promise<E> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(type);
  return error as E;
};

test('a stock client submits a transaction, and every organisation reads it', async () => {
  await north.contract.submitTransaction('run', script(['put', 'k', 'v']));
  for (const mspId of ['NorthMSP', 'SouthMSP', 'EastMSP'])
    expect(parse(await network.client(mspId).contract.evaluateTransaction('run', script(['get', 'k'])))).toEqual(['v']);
});

test('a client sees who called, from the certificate that signed', async () => {
  const result = parse(await north.contract.evaluateTransaction('run', script(['who'], ['creator'])));
  expect(result).toEqual([['NorthMSP', 'NorthMSP', 'main', 'run', 0], expect.stringContaining('/CN=user1@northmsp.devnet')]);
});

test('an issued certificate carries its attributes to the chaincode', async () => {
  const organisation = network.devnet.organisation('NorthMSP');
  const identity = await organisation.generated?.issueIdentity({ commonName: 'nurse', ou: 'client', attributes: { role: 'nurse' } });
  const nurse = connectClient(organisation, identity ?? { certificate: '', privateKey: '' });
  expect(parse(await nurse.contract.evaluateTransaction('run', script(['attr', 'role'])))).toEqual(['nurse']);
  nurse.close();
});

test('a transaction signed offline step by step is committed', async () => {
  const { generated } = network.devnet.organisation('NorthMSP');
  const signature = signers.newPrivateKeySigner(createPrivateKey(generated?.client.privateKey ?? ''));
  const proposal = north.contract.newProposal('run', { arguments: [script(['put', 'offline', '1'])] });
  const signedProposal = north.gateway.newSignedProposal(proposal.getBytes(), await signature(proposal.getDigest()));
  const transaction = await signedProposal.endorse();
  const signedTransaction = north.gateway.newSignedTransaction(transaction.getBytes(), await signature(transaction.getDigest()));
  const commit = await signedTransaction.submit();
  const signedCommit = north.gateway.newSignedCommit(commit.getBytes(), await signature(commit.getDigest()));
  expect(await signedCommit.getStatus()).toMatchObject({ code: 0, successful: true, transactionId: proposal.getTransactionId() });
});

test('the organisations that a client names endorse; too few of them fail with the endorsement policy', async () => {
  const put = { arguments: [script(['put', 'named', '1'])] };
  await expect(north.contract.submit('run', { ...put, endorsingOrganizations: ['SouthMSP', 'EastMSP'] })).resolves.toBeDefined();
  const error = await caught(north.contract.submit('run', { ...put, endorsingOrganizations: ['SouthMSP'] }), CommitError);
  expect(error.code).toBe(10);
  expect(network.devnet.explain(error.transactionId)).toMatchObject({
    codeName: 'ENDORSEMENT_POLICY_FAILURE',
    function: 'run',
    creator: { mspId: 'NorthMSP' },
    explanation: expect.stringContaining('no signature of peer of NorthMSP, peer of EastMSP'),
  });
});

test("an error of the chaincode arrives with its peer's address and text", async () => {
  const error = await caught(north.contract.submitTransaction('run', script(['fail', 'NO_CONSENT'])), EndorseError);
  expect(error.code).toBe(10);
  expect(error.details).toEqual([
    { address: network.devnet.organisation('NorthMSP').endpoint, mspId: 'NorthMSP', message: 'chaincode response 500, NO_CONSENT' },
  ]);
});

test('transient data reach a private collection that others know by hash only', async () => {
  const transientData = { secret: Buffer.from('s3cret') };
  await north.contract.submit('run', {
    arguments: [script(['putp', 'pair', 'secret'])],
    transientData,
    endorsingOrganizations: ['NorthMSP', 'SouthMSP'],
  });
  expect(parse(await network.client('SouthMSP').contract.evaluateTransaction('run', script(['getp', 'pair', 'secret'])))).toEqual([
    's3cret',
  ]);
  await caught(network.client('EastMSP').contract.evaluateTransaction('run', script(['getp', 'pair', 'secret'])), GatewayError);
});

test('a client of another network is refused before anything runs', async () => {
  const stranger = await generateOrganisation({ mspId: 'NorthMSP' });
  const client = connectClient(network.devnet.organisation('NorthMSP'), stranger.client);
  const error = await caught(client.contract.evaluateTransaction('run', script(['get', 'k'])), GatewayError);
  expect(error.code).toBe(9);
  expect(error.message).toContain('access denied: channel [main] creator org [NorthMSP]');
  const commit = await caught(client.network.getContract('golden').submitTransaction('run', script()), EndorseError);
  expect(commit.code).toBe(10);
  client.close();
});

test('a transaction that is in the ledger is refused when it is sent again', async () => {
  const proposal = north.contract.newProposal('run', { arguments: [script(['put', 'again', '1'])] });
  const transaction = await proposal.endorse();
  const commit = await transaction.submit();
  expect((await commit.getStatus()).code).toBe(0);
  const error = await caught(transaction.submit(), GatewayError);
  expect(error.code).toBe(14);
  expect(error.details[0]?.message).toBe(
    'received unsuccessful response from orderer: status=SERVICE_UNAVAILABLE, info=failed to submit request: request already processed',
  );
});

test('an unknown transaction is waited for until the deadline of the client', async () => {
  const proposal = north.contract.newProposal('run', { arguments: [script(['put', 'never', '1'])] });
  const transaction = await proposal.endorse();
  const status = north.gateway.newCommit(commitBytes(transaction.getBytes()));
  const error = await caught(status.getStatus({ deadline: Date.now() + 300 }), GatewayError);
  expect(error.code).toBe(4);
});

/** A commit status request as the client makes it, before it is signed. */
function commitBytes(preparedTransaction: Uint8Array): Uint8Array {
  const prepared = messages.PreparedTransaction.deserializeBinary(preparedTransaction);
  const payload = readPayload(prepared.getEnvelope()?.getPayload_asU8() ?? new Uint8Array());
  const request = new messages.CommitStatusRequest();
  request.setChannelId('main');
  request.setTransactionId(prepared.getTransactionId());
  request.setIdentity(readSignatureHeader(payload.signatureHeader).creator);
  const signed = new messages.SignedCommitStatusRequest();
  signed.setRequest(request.serializeBinary());
  return signed.serializeBinary();
}
