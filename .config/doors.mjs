// What each npm script does, as data: `steps` run one after another on Node 24, all of them even if one fails.
const jest = (title, ...layers) => ({
  title,
  argv: [
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '-c',
    '.config/jest.config.cjs',
    '--selectProjects',
    ...layers,
  ],
});
const tool = (title, ...argv) => ({ title, argv });

const check = [
  tool('format', 'node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
  tool('types: chaincode', 'node_modules/typescript/bin/tsc', '-p', 'chaincode', '--noEmit'),
  tool('types: devnet', 'node_modules/typescript/bin/tsc', '-p', 'network/devnet', '--noEmit'),
  tool('types: network', 'node_modules/typescript/bin/tsc', '-p', 'network', '--noEmit'),
  tool('types: gateway', 'node_modules/typescript/bin/tsc', '-p', 'gateway', '--noEmit'),
  tool(
    'lint',
    '--max-old-space-size=4096',
    'node_modules/eslint/bin/eslint.js',
    '-c',
    '.config/eslint.config.mjs',
    '--max-warnings',
    '0',
    '.',
  ),
  tool(
    'floor plan and cycles',
    'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
    '--config',
    '.config/floor-plan.cjs',
    'chaincode/src',
    'gateway/src',
    'network/src',
    'network/devnet/src',
  ),
  tool('generated files', '.config/generate.mjs', '--check'),
  tool('markdown', 'node_modules/markdownlint-cli2/markdownlint-cli2-bin.mjs', '--config', '.config/.markdownlint-cli2.jsonc'),
  tool(
    'secrets',
    'node_modules/secretlint/bin/secretlint.js',
    '--secretlintrc',
    '.config/secretlintrc.json',
    '--secretlintignore',
    '.gitignore',
    '**/*',
  ),
  jest('unit, contract, service and render tests', 'unit', 'contract', 'service', 'render'),
];

// The young generation is as small as that of the network's processes (network/src/process/node-process.ts): `start` is one more of them.
const options = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=4'];
const cli = (file, ...argv) => ({ passArguments: true, steps: [tool(file, ...options, file, ...argv)] });

/** @type {Record<string, { development?: boolean, passArguments?: boolean, steps: { title: string, argv: string[] }[] }>} */
export const doors = {
  start: cli('network/dist/cli/main.js', 'start'),
  network: cli('network/dist/cli/main.js'),
  reset: cli('network/dist/cli/main.js', 'reset'),
  medaccord: cli('gateway/dist/cli/main.js'),
  // The chain of the default consortium, unless another folder is named.
  devnet: cli('network/devnet/dist/cli/main.js', '--folder', 'run/medaccord/ledger'),
  bench: { ...cli('.config/bench.mjs'), development: true },
  build: { steps: [] },
  check: { development: true, steps: check },
  generate: { development: true, steps: [tool('generated files', '.config/generate.mjs')] },
  'test:integration': { development: true, steps: [jest('conformance and integration tests', 'conformance', 'integration')] },
  // Random scripts on Fabric and on the devnet, compared; see network/devnet/README.md.
  conformance: {
    development: true,
    passArguments: true,
    steps: [
      tool(
        'conformance',
        '--disable-warning=ExperimentalWarning',
        '--require',
        './network/devnet/test/support/register-typescript.cjs',
        'network/test/conformance/main.ts',
      ),
    ],
  },
  'test:fabric': { ...cli('.config/test-fabric.mjs', '--required'), development: true },
  test: {
    development: true,
    steps: [
      ...check,
      jest('conformance tests', 'conformance'),
      jest('integration tests on the devnet', 'integration'),
      tool('integration tests on Fabric', '.config/test-fabric.mjs'),
    ],
  },
};
