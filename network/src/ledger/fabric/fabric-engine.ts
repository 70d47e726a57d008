import { describeFabricBinaries, findFabricBinaries, type FabricBinaries } from '../../binaries';
import type { ProcessSpec } from '../../process';
import type { LedgerEngine, LedgerEngineContext } from '../ledger-engine';
import { newChaincodePackage } from '../../lifecycle/package';
import { LEDGER_NEEDS } from '../ledger-needs';
import { admitMembers } from './admit-members';
import { deployChaincode } from './deploy-chaincode';
import { ensureGenesis } from './genesis';
import { writeNodeFiles, writeOrdererFiles } from './node-files';
import { newOrdererProcess, newPeerProcess } from './node-processes';
import { openChannel } from './open-channel';
import { seatOrderers } from './seat-orderers';

/** Hyperledger Fabric: a peer per organisation and the members' orderers, native processes of their own. */
export function newFabricEngine({ topology, platform, fabric, tell }: LedgerEngineContext): LedgerEngine {
  let found: FabricBinaries | undefined;
  const binaries = (): FabricBinaries => {
    if (found === undefined) throw new Error('A ledger is provided for before it is used');
    return found;
  };
  return {
    needs: LEDGER_NEEDS.fabric,
    upgradesBeside: true,
    provide: async () => {
      found = await findFabricBinaries(topology.fabric, fabric, { tell });
      return describeFabricBinaries(found);
    },
    stages: () => {
      const nodes = { programs: binaries().programs, environment: platform.environment };
      const processes = topology.organisations.flatMap((organisation): ProcessSpec[] => {
        const { orderer } = organisation.nodes;
        const peer = newPeerProcess(topology, organisation, nodes);
        return orderer === undefined ? [peer] : [newOrdererProcess(topology, organisation, orderer, nodes), peer];
      });
      return [processes];
    },
    prepare: async () => {
      writeNodeFiles(topology);
      await ensureGenesis(topology, binaries().programs.configtxgen);
    },
    openChannel: () => openChannel(topology),
    packageId: (chaincode) => newChaincodePackage(chaincode).packageId,
    deploy: (chaincode, port) => deployChaincode(topology, chaincode, port),
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
