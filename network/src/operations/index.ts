export { backUpOrganisation, STAGE_VERB, type BackupFacts } from './backup/back-up-organisation';
export { PARTS, PART_TITLES, type Part } from './backup/parts';
export { readPassphrase } from './backup/passphrase';
export { restoreOrganisation, type RestoreFacts, type RestoreOptions } from './backup/restore-organisation';
export { stageOrganisation } from './backup/stage-organisation';
export { isDue, type CertificateCondition, type CertificateFacts, type CertificatePurpose } from './certs/certificate-facts';
export { findUsers } from './certs/find-users';
export { listCertificates } from './certs/list-certificates';
export { renderCertificateMetrics, writeCertificateMetrics } from './certs/certificate-metrics';
export { renewCertificates, type Renewal } from './certs/renew-certificates';
export { revokeAtAuthority } from './certs/revoke-at-authority';
export {
  examine,
  isHealthy,
  newDoctorSettings,
  type CheckName,
  type CheckReport,
  type DoctorSettings,
  type Finding as DoctorFinding,
} from './doctor';
export { LogMerger, type LogEntry } from './logs/log-merger';
export { LogTail } from './logs/log-tail';
export { readNodes, type NodeReport, type OrdererFacts, type PeerFacts, type SilentNode } from './nodes/node-facts';
export { restartInTurn } from './nodes/restart-in-turn';
export { describeRules, describeRulesChange } from './rules/describe-rules';
export { proposeMembers, proposeReinstatement, proposeSuspension } from './rules/propose-rules';
export { readRulesFile, writeRulesFile, type RulesDocument } from './rules/rules-document';
export {
  adoptRules,
  approveRules,
  assertNext,
  readApprovals,
  readRules,
  type RulesApprovals,
  type RulesInForce,
} from './rules/rules-ledger';
export { OperationsError, type OperationsErrorCode } from './operations-error';
