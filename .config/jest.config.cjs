// One project per test layer, so that a layer can be run alone: npx jest -c .config/jest.config.cjs --selectProjects unit
const typescript = ['ts-jest', { tsconfig: '<rootDir>/.config/tsconfig.jest.json', diagnostics: false }];

const root = require('node:path').join(__dirname, '..');

const layer = (displayName, testMatch, more = {}) => ({
  displayName,
  rootDir: root,
  testMatch: testMatch.map((pattern) => `<rootDir>/${pattern}`),
  testEnvironment: 'node',
  // jose, fhir-kit-client, oidc-provider and openid-client are published as ES modules only; Jest loads CommonJS.
  // The exporter of traces imports Node's http when it first sends, which Jest cannot do in CommonJS.
  transform: {
    '^.+\\.ts$': typescript,
    'node_modules/(?:jose|fhir-kit-client|oidc-provider|openid-client|oauth4webapi)/.+\\.js$': typescript,
    'node_modules/@opentelemetry/otlp-exporter-base/.+\\.cjs$': '<rootDir>/.config/jest-late-imports.cjs',
  },
  transformIgnorePatterns: [
    '/node_modules/(?!jose/|fhir-kit-client/|oidc-provider/|openid-client/|oauth4webapi/|@opentelemetry/otlp-exporter-base/)',
  ],
  moduleNameMapper: {
    '^fhir-kit-client$': '<rootDir>/node_modules/fhir-kit-client/dist/index.js',
    '^oidc-provider$': '<rootDir>/node_modules/oidc-provider/lib/index.js',
  },
  modulePathIgnorePatterns: ['/dist/.*/package.json'],
  ...more,
});

module.exports = {
  rootDir: root,
  // Whoever runs tests without npm's doors has them too.
  globalSetup: '<rootDir>/.config/jest-setup.cjs',
  projects: [
    layer('unit', ['*/src/**/*.test.ts', 'network/devnet/src/**/*.test.ts']),
    layer('contract', ['chaincode/test/**/*.contract.test.ts']),
    layer('service', ['gateway/test/**/*.service.test.ts', 'network/test/**/*.service.test.ts']),
    layer('render', ['network/test/**/*.render.test.ts']),
    layer('conformance', ['network/devnet/test/conformance/**/*.test.ts', 'network/test/conformance/**/*.test.ts']),
    layer('integration', ['**/test/integration/**/*.int.test.ts']),
  ],
};
