// Blind writes and evaluates on the devnet: four organisations, two of them with a chaincode process, a client with a native and one with the stock signer.
import { spawn } from 'node:child_process';
import { createPrivateKey, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import * as grpc from '@grpc/grpc-js';
import { connect, hash, signers } from '@hyperledger/fabric-gateway';
import { load, report, reportMemory } from './measure.mjs';

const organisations = ['OneMSP', 'TwoMSP', 'ThreeMSP', 'FourMSP'];
const require = createRequire(import.meta.url);
const here = import.meta.dirname;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function startChaincode(mspId, address) {
  const shim = join(dirname(require.resolve('fabric-shim/package.json')), 'cli.js');
  const env = {
    ...process.env,
    CORE_PEER_LOCALMSPID: mspId,
    CHAINCODE_SERVER_ADDRESS: address,
    CHAINCODE_ID: 'bench:1',
    CORE_CHAINCODE_LOGGING_LEVEL: 'error',
  };
  return spawn(process.execPath, [shim, 'server', '--chaincode-address', address, '--chaincode-id', 'bench:1'], {
    cwd: join(here, 'chaincode'),
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** DER of a low-S signature: Fabric refuses the other half. */
function nativeSigner(privateKey) {
  const key = createPrivateKey(privateKey);
  const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
  const integer = (bytes) => {
    let trimmed = bytes;
    while (trimmed.length > 1 && trimmed[0] === 0 && trimmed[1] < 0x80) trimmed = trimmed.subarray(1);
    const padded = trimmed[0] >= 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed;
    return Buffer.concat([Buffer.from([2, padded.length]), padded]);
  };
  return async (message) => {
    const raw = sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' });
    const s = BigInt(`0x${raw.subarray(32).toString('hex')}`);
    const low = s > order / 2n ? Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex') : raw.subarray(32);
    const body = Buffer.concat([integer(raw.subarray(0, 32)), integer(low)]);
    return Buffer.concat([Buffer.from([0x30, body.length]), body]);
  };
}

/** Runs the ledger's figures and prints them; answers the blind write as the baseline for others. */
export async function benchDevnet({ seconds = 6 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'devnet-bench-'));
  const services = { OneMSP: `127.0.0.1:${await freePort()}`, TwoMSP: `127.0.0.1:${await freePort()}` };
  const children = Object.entries(services).map(([mspId, address]) => startChaincode(mspId, address));
  const devnet = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(here, 'devnet-process.mjs'), JSON.stringify({ folder, services, organisations })],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(devnet);
  try {
    const [line] = await once(createInterface({ input: devnet.stdout }), 'line');
    const { ms, endpoint, tlsRootCertificates, mspId, client } = JSON.parse(line);
    console.log(`devnet of four, from nothing to a committed chaincode: ${(ms / 1000).toFixed(1)} s`);
    const connection = new grpc.Client(endpoint, grpc.credentials.createSsl(Buffer.from(tlsRootCertificates)));
    const identity = { mspId, credentials: Buffer.from(client.certificate) };
    const native = connect({ client: connection, identity, hash: hash.none, signer: nativeSigner(client.privateKey) });
    const stock = connect({ client: connection, identity, signer: signers.newPrivateKeySigner(createPrivateKey(client.privateKey)) });
    const processes = { client: [process.pid], devnet: [devnet.pid], chaincode: children.slice(0, 2).map(({ pid }) => pid) };
    reportMemory('devnet when it is ready', { devnet: processes.devnet, chaincode: processes.chaincode });
    const value = 'v'.repeat(1000);
    const write = (gateway, prefix) => {
      const contract = gateway.getNetwork('bench').getContract('bench');
      return async (n) => {
        const submitted = await contract.submitAsync('put', { arguments: [`${prefix}${n}`, value] });
        const { code } = await submitted.getStatus();
        if (code !== 0) throw new Error(`transaction ${submitted.getTransactionId()} got code ${code}`);
      };
    };
    const evaluate = (gateway) => {
      const contract = gateway.getNetwork('bench').getContract('bench');
      return () => contract.evaluateTransaction('nothing');
    };
    const baseline = await load({ operation: write(stock, 's'), atOnce: 50, seconds, processes });
    const named = { name: 'stock signer', result: baseline };
    report('blind write of 1 kB, 50 at once, stock signer', baseline);
    const writes = await load({ operation: write(native, 'n'), atOnce: 50, seconds, processes });
    report('blind write of 1 kB, 50 at once, native signer', writes, named);
    report('blind write of 1 kB, one at a time', await load({ operation: write(native, 'o'), atOnce: 1, seconds: seconds / 2, processes }));
    const stockEvaluate = await load({ operation: evaluate(stock), atOnce: 50, seconds, processes });
    report('evaluate, 50 at once, stock signer', stockEvaluate);
    report('evaluate, 50 at once, native signer', await load({ operation: evaluate(native), atOnce: 50, seconds, processes }), {
      name: 'stock signer',
      result: stockEvaluate,
    });
    reportMemory('devnet after the load', { devnet: processes.devnet, chaincode: processes.chaincode });
    native.close();
    stock.close();
    connection.close();
    return writes;
  } finally {
    await Promise.all(children.map((child) => (child.kill('SIGTERM'), child.exitCode === null ? once(child, 'exit') : undefined)));
    rmSync(folder, { recursive: true, force: true });
  }
}
