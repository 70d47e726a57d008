import { startDevnet, type CertifiedKey, type Devnet, type NodeOu } from '../../src';
import { newSigner, type Signer } from '../conformance/re-signed-recording';
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
  const clients = devnet.organisations.map(({ mspId, endpoint, tlsRootCertificates, generated }) => {
    if (generated === undefined) throw new Error('the devnet makes its organisations itself');
    return { mspId, endpoint, tlsRootCertificates, ...generated.client };
  });
  const ledger = new ScriptLedger({
    name: 'devnet',
    channel,
    chaincode,
    clients,
    signer: await newSigners(devnet),
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

/** Everybody's keys: peers and orderers beside those that the devnet plays, under certificates of the same authorities. */
async function newSigners(devnet: Devnet): Promise<(mspId: string, role: NodeOu) => Signer> {
  const signers = new Map<string, Signer>();
  for (const { mspId, generated } of devnet.organisations) {
    if (generated === undefined) throw new Error('the devnet makes its organisations itself');
    const issue = (ou: NodeOu): Promise<CertifiedKey> => generated.issueIdentity({ commonName: `crafting-${ou}`, ou });
    const keys = { client: generated.client, admin: generated.admin, peer: await issue('peer'), orderer: await issue('orderer') };
    for (const [role, key] of Object.entries(keys)) signers.set(`${mspId}/${role}`, newSigner(mspId, key));
  }
  return (mspId, role) => {
    const signer = signers.get(`${mspId}/${role}`);
    if (signer === undefined) throw new Error(`no ${role} of ${mspId}`);
    return signer;
  };
}
