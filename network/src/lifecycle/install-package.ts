import { peer } from '@hyperledger/fabric-protos';
import { askPeer, type PeerQuestion } from './ask-peer';
import { LifecycleError } from './lifecycle-error';
import type { PeerConnection } from './peer-connection';

const { lifecycle } = peer;

/** A package that a peer has, and the definitions that its organisation approved with it. */
export interface InstalledPackage {
  readonly packageId: string;
  readonly label: string;
  readonly uses: readonly { readonly channel: string; readonly name: string; readonly version: string }[];
}

export interface InstallFacts {
  readonly packageId: string;
  /** The peer had it already. */
  readonly before: boolean;
}

/** The peer's builder works on it: up to `chaincode.installTimeout` in core.yaml. */
const INSTALLS_WITHIN_MS = 120_000;
const INSTALLED = /already successfully installed \(package ID '([^']+)'\)/;

/** Gives a peer a chaincode package. That it has it already is no error. @throws LifecycleError */
export async function installPackage(connection: PeerConnection, bytes: Uint8Array): Promise<InstallFacts> {
  const install = new lifecycle.InstallChaincodeArgs();
  install.setChaincodeInstallPackage(bytes);
  try {
    const question = newQuestion('InstallChaincode', install, 'install the chaincode package');
    const answer = await askPeer(connection, { ...question, withinMs: INSTALLS_WITHIN_MS });
    return { packageId: lifecycle.InstallChaincodeResult.deserializeBinary(answer).getPackageId(), before: false };
  } catch (error) {
    const packageId = error instanceof LifecycleError ? INSTALLED.exec(error.message)?.[1] : undefined;
    if (packageId === undefined) throw error;
    return { packageId, before: true };
  }
}

/** @throws LifecycleError */
export async function listInstalled(connection: PeerConnection): Promise<InstalledPackage[]> {
  const query = new lifecycle.QueryInstalledChaincodesArgs();
  const answer = await askPeer(connection, newQuestion('QueryInstalledChaincodes', query, 'list its installed packages'));
  return lifecycle.QueryInstalledChaincodesResult.deserializeBinary(answer).getInstalledChaincodesList().map(readInstalled);
}

function newQuestion(transaction: string, query: { serializeBinary(): Uint8Array }, what: string): PeerQuestion {
  return { channel: '', chaincode: '_lifecycle', transaction, arguments: [query.serializeBinary()], what };
}

function readInstalled(installed: peer.lifecycle.QueryInstalledChaincodesResult.InstalledChaincode): InstalledPackage {
  const uses: InstalledPackage['uses'][number][] = [];
  installed.getReferencesMap().forEach((references, channel) => {
    for (const each of references.getChaincodesList()) uses.push({ channel, name: each.getName(), version: each.getVersion() });
  });
  return { packageId: installed.getPackageId(), label: installed.getLabel(), uses };
}
