// Who may import whom: floor-plan.json has a row per room, arrows only down (docs/reference/architecture.md draws it). Checked with cycles by dependency-cruiser.
const rooms = require('./floor-plan.json');

const escape = (path) => path.replace(/[/.]/g, '\\$&');
const inside = (room) => `^${escape(room)}(/|\\.ts$)`;

const within = Object.entries(rooms).map(([room, allowed]) => ({
  name: `floor-plan: ${room}`,
  severity: 'error',
  from: { path: inside(room), pathNot: '\\.test\\.ts$' },
  to: {
    path: `^${escape(room.slice(0, room.indexOf('/src/')))}/src/`,
    pathNot: [inside(room), ...allowed.map(inside)],
  },
}));

/** A folder under src without a row in the table is a room nobody planned. */
const unplanned = {
  name: 'floor-plan: every room has a row',
  severity: 'error',
  from: { path: '^(chaincode|gateway|network(/devnet)?)/src/', pathNot: [...Object.keys(rooms).map(inside), '\\.test\\.ts$'] },
  to: {},
};

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    ...within,
    unplanned,
    {
      name: 'chaincode-model-imports-nothing',
      severity: 'error',
      from: { path: '^chaincode/src/model/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^chaincode/src/model/' },
    },
    {
      name: 'gateway-knows-the-model-only',
      severity: 'error',
      from: { path: '^gateway/src' },
      to: { path: '^chaincode/(dist|src)/', pathNot: '^chaincode/(dist|src)/model/' },
    },
    {
      name: 'network-knows-no-chaincode-nor-gateway',
      severity: 'error',
      from: { path: '^network/src', pathNot: '^network/src/audit-proof/' },
      to: { path: '^(chaincode|gateway)/' },
    },
    {
      // What members anchored and signed is read by the model's own rules, so that nobody has a second reading of it.
      name: 'the-verifier-of-proofs-knows-the-model-only',
      severity: 'error',
      from: { path: '^network/src/audit-proof/' },
      to: { path: '^(chaincode|gateway)/', pathNot: '^chaincode/(dist|src)/model/' },
    },
    {
      // Fabric's formats are written down once: the devnet's code for them has entries of its own, which run no devnet.
      name: 'only-the-ledger-room-knows-the-devnet',
      severity: 'error',
      from: { path: '^network/src', pathNot: '^network/src/ledger/' },
      to: { path: '^network/devnet/', pathNot: '^network/devnet/(dist|src)/(blocks|configuration)\\.' },
    },
    {
      name: 'devnet-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^network/devnet/src' },
      to: { path: ['^chaincode/', '^gateway/', '^network/src', '^network/dist'] },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['\\.test\\.ts$'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: '.config/tsconfig.jest.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default'] },
  },
};
