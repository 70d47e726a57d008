export { startDevnet, controlFile } from './host/start-devnet';
export type { Devnet, DevnetOptions, DevnetOrganisation } from './host/devnet';
export type {
  BatchSpec,
  CertifiedKey,
  ChaincodeServiceSpec,
  ChaincodeSpec,
  CollectionSpec,
  ConsortiumSpec,
  EveryMemberPolicySpec,
  OrganisationMaterial,
  OrganisationSpec,
  PolicySpec,
} from './genesis/consortium-spec';
export { generateOrganisation, type GeneratedOrganisation } from './genesis/generate-organisation';
export type { CertificateRequest, NodeOu } from './genesis/certificates';
export { defaultPackageId } from './genesis/resolve-chaincode';
export { DevnetError, type DevnetErrorCode } from './devnet-error';
export type { TransactionDescription } from './explain/describe-transaction';
export type { TestSwitches } from './control/test-switches';
export type { ControlAddress } from './control/control-door';
export { callControl } from './control/call-control';
export { replay, type Replay } from './ledger/replay';
