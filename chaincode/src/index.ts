import { MedaccordContract } from './contracts/medaccord-contract';

/** What Fabric's Node runtime loads (fabric-shim lib/contract-spi/bootstrap.js). */
export const contracts = [MedaccordContract];
