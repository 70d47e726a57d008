import { join } from 'node:path';
import { newNodeProcess } from '../process';
import type { BuiltChaincode, Deployment, LedgerEngine, LedgerEngineContext } from './ledger-engine';
import type { DevnetQuestion } from './devnet-question';
import { LEDGER_NEEDS } from './ledger-needs';

const PROCESS = 'ledger';
const PROGRAM = join(__dirname, '../../dist/ledger/devnet-main.js');

/** The embedded ledger: one process that plays the peers and the orderer of every organisation. */
export function newDevnetEngine({ topology, platform, testSwitches, ask }: LedgerEngineContext): LedgerEngine {
  const listens = topology.organisations.map(({ ports }) => ({ host: topology.host, port: ports.peer }));
  const named = { name: PROCESS, title: 'the ledger', listens };
  const spec = newNodeProcess(
    named,
    platform,
    [PROGRAM, topology.paths.topology, ...(testSwitches ? ['--test-switches'] : [])],
    topology.paths.run,
  );
  return {
    upgradesBeside: false,
    needs: LEDGER_NEEDS.devnet,
    standstill: undefined,
    provide: () => Promise.resolve(undefined),
    beginChannel: refuseFirstBlock,
    acceptChannel: refuseFirstBlock,
    stages: () => [[{ ...spec, talks: true }]],
    prepare: () => Promise.resolve(),
    openChannel: () => Promise.resolve(undefined),
    packageId: formatPackageId,
    deploy: async (chaincode) => {
      const release = { packageId: formatPackageId(chaincode), version: chaincode.version };
      return (await ask(PROCESS, { verb: 'deploy', release } satisfies DevnetQuestion)) as Deployment;
    },
    admit: async ({ organisations }) => {
      await ask(PROCESS, { verb: 'admit' } satisfies DevnetQuestion);
      return organisations.map(({ title }) => title).join(', ');
    },
    // One process plays them all.
    prepareOrderers: () => Promise.resolve(),
    seatOrderers: () => Promise.resolve(undefined),
  };
}

/** It makes its chain when it starts; nobody can have a part of it. */
function refuseFirstBlock(): Promise<never> {
  return Promise.reject(new Error('The devnet plays all members in one process'));
}

function formatPackageId({ label, digest }: BuiltChaincode): string {
  return `${label}:${digest}`;
}
