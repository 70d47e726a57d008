import { startDevnet, type CertifiedKey, type Devnet, type NodeOu } from '../../src';
import { newSigner } from '../conformance/re-signed-recording';
import { GOLDEN_CHAINCODE, startChaincode } from '../support/chaincode-process';
import { readConformanceConsortium } from './conformance-consortium';
import { OneBlock } from './one-block';
import { ScriptLedger } from './script-ledger';

export interface ConformanceDevnet {
  readonly ledger: ScriptLedger;
  readonly devnet: Devnet;
  stop(): Promise<void>;
}

const PACKAGE = 'golden_1.1:conformance';

/** A devnet in this process with the conformance consortium, and the golden chaincode in a process per organisation. */
export async function startConformanceDevnet(): Promise<ConformanceDevnet> {
  const { channel, chaincode, policy, policies, mspIds, collections } = readConformanceConsortium();
  const processes = await Promise.all(mspIds.map((mspId) => startChaincode({ mspId, folder: GOLDEN_CHAINCODE, packageId: PACKAGE })));
  const services = Object.fromEntries(mspIds.map((mspId, at) => [mspId, processes[at]?.service.address ?? '']));
  const definition = { name: chaincode, version: '1.1', policy, packageId: PACKAGE, collections, services };
  const spec = { channel, organisations: mspIds.map((mspId) => ({ mspId })), policies, chaincodes: [definition] };
  const devnet = await startDevnet(spec, { folder: ':memory:', testSwitches: true });
  await Promise.all(mspIds.map((mspId) => devnet.chaincodeReady(mspId, chaincode)));
  const oneBlock = new OneBlock({
    pause: () => devnet.switches.pauseOrdering(),
    resume: () => devnet.switches.resumeOrdering(),
  });
  const keys = await issueKeys(devnet);
  const clients = devnet.organisations.map(({ mspId, endpoint, tlsRootCertificates }) => {
    return { mspId, endpoint, tlsRootCertificates, ...keyOf(keys, mspId, 'client') };
  });
  const ledger = new ScriptLedger({
    name: 'devnet',
    channel,
    chaincode,
    clients,
    signer: (mspId, role) => newSigner(mspId, keyOf(keys, mspId, role)),
    inOneBlock: (work) => oneBlock.run(work),
  });
  await ledger.start();
  return {
    ledger,
    devnet,
    stop: async () => {
      ledger.close();
      await devnet.close();
      await Promise.all(processes.map((process) => process.stop()));
    },
  };
}

type Keys = ReadonlyMap<string, Readonly<Record<NodeOu, CertifiedKey>>>;

/** Everybody's keys: peers and orderers beside those that the devnet plays, under certificates of the same authorities. */
async function issueKeys(devnet: Devnet): Promise<Keys> {
  const keys = new Map<string, Readonly<Record<NodeOu, CertifiedKey>>>();
  for (const { mspId, generated } of devnet.organisations) {
    if (generated === undefined) throw new Error('the devnet makes its organisations itself');
    // The attribute is one that every certificate of a Fabric CA has.
    const issue = (ou: NodeOu): Promise<CertifiedKey> =>
      generated.issueIdentity({ commonName: `conformance-${ou}`, ou, attributes: { 'hf.Type': ou } });
    keys.set(mspId, {
      client: await issue('client'),
      admin: await issue('admin'),
      peer: await issue('peer'),
      orderer: await issue('orderer'),
    });
  }
  return keys;
}

function keyOf(keys: Keys, mspId: string, role: NodeOu): CertifiedKey {
  const key = keys.get(mspId)?.[role];
  if (key === undefined) throw new Error(`no ${role} of ${mspId}`);
  return key;
}
