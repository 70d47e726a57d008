import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import { common, msp, peer } from '@hyperledger/fabric-protos';
import { signLowS } from '@medaccord/devnet/blocks';
import type { Organisation, Topology } from '@medaccord/network';
import { until } from './commanded-network';

/** What of a snapshot's metadata says which state a peer holds. */
export interface Snapshot {
  readonly last_block_number: number;
  /** By file: public state, hashes of private state, transaction ids. */
  readonly snapshot_files_raw_hashes: Readonly<Record<string, string>>;
}

/** Lets every peer write down the state that it holds in its database now, and returns the hashes of it. The network must be at rest. */
export async function takeSnapshots(topology: Topology, height: number): Promise<Snapshot[]> {
  return Promise.all(topology.organisations.map((organisation) => takeSnapshot(topology, organisation, height - 1)));
}

async function takeSnapshot({ channel }: Topology, organisation: Organisation, block: number): Promise<Snapshot> {
  await requestSnapshot(organisation, channel, block);
  const folder = join(organisation.nodes.peer.data, 'snapshots/completed', channel, String(block));
  const file = join(folder, '_snapshot_signable_metadata.json');
  await until(`the snapshot of ${organisation.mspId}`, () => existsSync(file));
  return JSON.parse(readFileSync(file, 'utf8')) as Snapshot;
}

/** fabric/core/ledger/snapshotgrpc: as the organisation's administrator. */
async function requestSnapshot({ mspId, endpoints, identities, msp: root }: Organisation, channel: string, block: number): Promise<void> {
  const creator = new msp.SerializedIdentity();
  creator.setMspid(mspId);
  creator.setIdBytes(readFileSync(identities.admin.certificate));
  const header = new common.SignatureHeader();
  header.setCreator(creator.serializeBinary());
  header.setNonce(randomBytes(24));
  const request = new peer.SnapshotRequest();
  request.setSignatureHeader(header);
  request.setChannelId(channel);
  request.setBlockNumber(block);
  const signed = new peer.SignedSnapshotRequest();
  signed.setRequest(request.serializeBinary());
  signed.setSignature(signLowS(readFileSync(identities.admin.privateKey, 'utf8'), request.serializeBinary()));
  const client = new Client(endpoints.peer, credentials.createSsl(readFileSync(root.tlsCaCertificate)), {
    'grpc.ssl_target_name_override': 'localhost',
  });
  const asIs = (bytes: Buffer): Buffer => bytes;
  try {
    await new Promise<void>((resolve, reject) => {
      client.makeUnaryRequest('/protos.Snapshot/Generate', asIs, asIs, Buffer.from(signed.serializeBinary()), (error) =>
        error === null ? resolve() : reject(error),
      );
    });
  } finally {
    client.close();
  }
}
