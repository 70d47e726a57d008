// The shim logs every refusal; refusals are what most tests are about. Imported before the shim, which reads the level when it is loaded.
process.env.CORE_CHAINCODE_LOGGING_LEVEL = 'CRITICAL';
