import type { Topology } from '../../topology';
import { judgeBinaries } from './checks/binaries';
import { judgeCertificates } from './checks/certificates';
import { judgeChaincode } from './checks/chaincode';
import { judgeClock } from './checks/clock';
import { judgeDefinitions } from './checks/definitions';
import { judgeDisks } from './checks/disk';
import { judgeOpenFiles } from './checks/files';
import { judgeGateways } from './checks/gateways';
import { judgeHeights } from './checks/heights';
import { judgeOrderers, type OrderersFacts } from './checks/orderers';
import { judgePorts } from './checks/ports';
import { judgeProcesses } from './checks/processes';
import { judgeVersions } from './checks/versions';
import { CHECK_NAMES, newUnseen, type CheckName, type CheckReport, type Judgement } from './finding';
import { lookAtBinaries, lookAtVersions } from './looks/binaries';
import { lookAtCertificates } from './looks/certificates';
import { lookAtTips } from './looks/chain';
import { askChaincode } from './looks/chaincode';
import { lookAtClock } from './looks/clock';
import { lookAtDefinitions } from './looks/definitions';
import { lookAtDisks } from './looks/disk';
import { lookAtOpenFiles } from './looks/files';
import { lookAtGateways } from './looks/gateways';
import { lookAtPorts } from './looks/ports';
import { lookAtProcesses } from './looks/processes';
import { readScene, type DoctorSettings, type Scene } from './scene';

interface Check {
  /** `running`: there must be somebody to ask. */
  readonly needs: 'nothing' | 'running';
  /** Undefined: both ledgers. */
  readonly ledger?: 'fabric';
  readonly judge: (scene: Scene) => Promise<Judgement>;
}

/** What each check looks at, and who judges it. */
const CHECKS: Readonly<Record<CheckName, Check>> = {
  binaries: { needs: 'nothing', ledger: 'fabric', judge: async (scene) => judgeBinaries(await lookAtBinaries(scene)) },
  versions: { needs: 'running', ledger: 'fabric', judge: async (scene) => judgeVersions(await lookAtVersions(scene)) },
  processes: { needs: 'nothing', judge: async (scene) => judgeProcesses(lookAtProcesses(scene)) },
  ports: { needs: 'nothing', judge: async (scene) => judgePorts(await lookAtPorts(scene)) },
  clock: { needs: 'nothing', judge: async (scene) => judgeClock(await lookAtClock(scene)) },
  certificates: { needs: 'nothing', judge: async (scene) => judgeCertificates(await lookAtCertificates(scene)) },
  disk: { needs: 'nothing', judge: async (scene) => judgeDisks(lookAtDisks(scene), scene.settings.disk) },
  files: { needs: 'nothing', judge: async (scene) => judgeOpenFiles(lookAtOpenFiles(scene)) },
  orderers: { needs: 'running', ledger: 'fabric', judge: async (scene) => judgeOrderers(onlyOrderers(scene)) },
  heights: {
    needs: 'running',
    ledger: 'fabric',
    judge: async (scene) => {
      const { nodes: first, later, betweenMs } = scene;
      return judgeHeights({ first, later, betweenMs, tips: await lookAtTips(scene) });
    },
  },
  chaincode: { needs: 'running', judge: async (scene) => judgeChaincode(await askChaincode(scene)) },
  definitions: { needs: 'running', ledger: 'fabric', judge: async (scene) => judgeDefinitions(await lookAtDefinitions(scene)) },
  gateways: { needs: 'running', judge: async (scene) => judgeGateways(await lookAtGateways(scene)) },
};

/**
 * Looks at a network of this machine, whatever is left of it, and says what is wrong and what mends it: the checks in their order, each as
 * soon as it and those before it are done; only those that the ledger has something for. Changes nothing.
 */
export async function* examine(topology: Topology, settings: DoctorSettings): AsyncGenerator<CheckReport> {
  const scene = await readScene(topology, settings);
  const reports = CHECK_NAMES.filter((name) => isAbout(topology, name)).map(async (check) => ({ check, ...(await run(check, scene)) }));
  for (const report of reports) yield await report;
}

function isAbout({ ledger }: Topology, name: CheckName): boolean {
  const wanted = CHECKS[name].ledger;
  return wanted === undefined || wanted === ledger;
}

/** A check that fails is one that did not see: the others go on. */
async function run(name: CheckName, scene: Scene): Promise<Judgement> {
  const { needs, judge } = CHECKS[name];
  if (needs === 'running' && !scene.isRunning) return newUnseen(name, 'the network does not run');
  try {
    return await judge(scene);
  } catch (error) {
    return newUnseen(name, (error as Error).message);
  }
}

function onlyOrderers({ topology, orderersElsewhere, nodes, later }: Scene): OrderersFacts {
  const names = new Set(topology.organisations.map(({ name }) => `orderer-${name}`));
  const isOrderer = ({ name }: { name: string }): boolean => names.has(name);
  return { first: nodes.filter(isOrderer), later: later?.filter(isOrderer), elsewhere: orderersElsewhere };
}
