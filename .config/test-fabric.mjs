// The integration tests on Hyperledger Fabric, where its programs are on this machine. `--required`: without them it fails instead of saying so.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { loadCliConfig } = require('../network/dist/cli/config.js');
const { describeFabricBinaries, findInstalledFabric } = require('../network/dist/binaries/index.js');
const { loadTopology } = require('../network/dist/topology/index.js');

const config = loadCliConfig(process.env);
const { fabric } = loadTopology(config.defaultTopology, { root: config.root });
const found = await findInstalledFabric(fabric, config.fabric);
if (found === undefined) {
  console.error(
    `The Fabric half did not run: Fabric ${fabric.version} is not on this machine. \`npm run network -- binaries\` fetches it, or says how to get it.`,
  );
  process.exit(process.argv.includes('--required') ? 1 : 0);
}
console.error(describeFabricBinaries(found));
const chosen = process.argv.slice(2).filter((word) => word !== '--required');
// The devnet's own tests have no other ledger to run on; two more need its test switches or keep the supervisor in the test's own process, and
// what they break on the devnet the tests of faults break on Fabric.
const jest = [
  '-c',
  '.config/jest.config.cjs',
  '--selectProjects',
  'integration',
  '--testPathIgnorePatterns',
  'network/devnet/',
  'gateway/test/integration/(crashes|main-job)',
  '--',
  ...chosen,
];
const argv = ['--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js', ...jest];
const env = { ...process.env, MEDACCORD_TEST_LEDGER: 'fabric' };
const { status } = spawnSync(process.execPath, argv, { cwd: config.root, stdio: 'inherit', env });
process.exit(status ?? 1);
