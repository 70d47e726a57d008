// What gateways read besides their code is made from packages by the build; here when a test is run without it.
module.exports = () => require('../gateway/dist/validation/build-definitions.js').buildDefinitions();
