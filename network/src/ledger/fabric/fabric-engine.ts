import { parseDuration } from '@medaccord/devnet/configuration';
import { describeFabricBinaries, findFabricBinaries, type FabricBinaries } from '../../binaries';
import type { ProcessSpec } from '../../process';
import { isWhole, listHere } from '../../topology';
import type { LedgerEngine, LedgerEngineContext } from '../ledger-engine';
import { newChaincodePackage } from '../../lifecycle/package';
import { LEDGER_NEEDS } from '../ledger-needs';
import { admitMembers } from './admit-members';
import { deployChaincode } from './deploy-chaincode';
import { deployOwnChaincode } from './deploy-own-chaincode';
import { acceptChannel, beginChannel } from './first-block';
import { ensureGenesis } from './genesis';
import { writeNodeFiles, writeOrdererFiles } from './node-files';
import { newOrdererProcess, newPeerProcess } from './node-processes';
import { openChannel } from './open-channel';
import { openOwnPart } from './open-own-part';
import { readNodeHeights } from './read-node-heights';
import { seatOrderers } from './seat-orderers';
import { newWaitForOthers } from './wait-for-others';

/** Hyperledger Fabric: a peer per organisation and the members' orderers, native processes of their own. */
export function newFabricEngine({ topology, platform, fabric, tell, signal }: LedgerEngineContext): LedgerEngine {
  let found: FabricBinaries | undefined;
  const binaries = (): FabricBinaries => {
    if (found === undefined) throw new Error('A ledger is provided for before it is used');
    return found;
  };
  const waitForOthers = newWaitForOthers({ tell, signal });
  /** The one whose nodes alone run here; undefined: all do. */
  const own = isWhole(topology) ? undefined : listHere(topology)[0];
  return {
    needs: LEDGER_NEEDS.fabric,
    upgradesBeside: true,
    standstill: { afterMs: parseDuration(topology.fabric.restartStalledAfter) ?? 0, readHeights: () => readNodeHeights(topology) },
    provide: async () => {
      found = await findFabricBinaries(topology.fabric, fabric, { tell });
      return describeFabricBinaries(found);
    },
    beginChannel: () => beginChannel(topology, binaries().programs.configtxgen),
    acceptChannel: (block, digest) => acceptChannel(topology, binaries().programs.configtxgen, { block, digest }),
    stages: () => {
      const nodes = { programs: binaries().programs, environment: platform.environment };
      const processes = listHere(topology).flatMap((organisation): ProcessSpec[] => {
        const { orderer } = organisation.nodes;
        const peer = newPeerProcess(topology, organisation, nodes);
        return orderer === undefined ? [peer] : [newOrdererProcess(topology, organisation, orderer, nodes), peer];
      });
      return [processes];
    },
    prepare: async () => {
      writeNodeFiles(topology, listHere(topology));
      await ensureGenesis(topology, binaries().programs.configtxgen);
    },
    openChannel: () => (own === undefined ? openChannel(topology) : openOwnPart(topology, own, waitForOthers)),
    packageId: (chaincode) => newChaincodePackage(chaincode).packageId,
    deploy: (chaincode, port) =>
      own === undefined
        ? deployChaincode(topology, chaincode, port)
        : deployOwnChaincode(topology, own, { chaincode, port }, waitForOthers),
    admit: (joining) => {
      writeNodeFiles(topology, joining.organisations);
      return admitMembers(topology, joining);
    },
    prepareOrderers: async ({ orderers }) => {
      for (const organisation of orderers) writeOrdererFiles(topology, organisation);
      return Promise.resolve();
    },
    seatOrderers: (joining) => seatOrderers(topology, joining),
  };
}
