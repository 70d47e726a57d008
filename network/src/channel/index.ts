export { hasAdminKey, newAdminSigner } from './admin-signer';
export { applyPlan } from './apply-plan';
export { callOrderers, type OrdererAnswer, type OrdererRoll } from './call-orderers';
export { readChannelConfiguration, type ChannelConfiguration } from './channel-configuration';
export { ChannelError, type ChannelErrorCode } from './channel-error';
export { describeUpdate, newChannelUpdate, type ChannelUpdate } from './channel-update';
export { compareConfigurations } from './compare-configurations';
export { describeChannel } from './words/describe-channel';
export {
  SETTINGS,
  planAddOrderer,
  planAddOrganisation,
  planOrdererPlace,
  planOrdererVote,
  planRemoveOrderer,
  planRemoveOrganisation,
  planRevocation,
  planRotateOrderer,
  planSettings,
  type CertificateFiles,
  type Plan,
  type Setting,
} from './plan-change';
export { readCurrentConfiguration, type CurrentConfiguration } from './read-current';
export { describeProgress, type Requirement } from './required-policies';
export { judgeSignatures, readSignatureFile, withSignature, writeSignatureFile, type SignedUpdate } from './signature-file';
export { assertCurrent, submitUpdate, type Submission } from './submit-update';
