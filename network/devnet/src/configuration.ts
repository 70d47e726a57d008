/**
 * Fabric's channel configuration for those who run no devnet: its tree, the update between two of them, and who must sign it.
 * `@medaccord/devnet/configuration` loads no server, no client and no database.
 */
export { ConfigRefused } from './config/config-refused';
export type { Channel } from './config/channel';
export { parseDuration } from './config/duration';
export { parseConfig } from './config/parse-channel';
export { applyUpdate, UpdateRefused } from './genesis/apply-update';
export { blockQuorum, newBlockValidation } from './genesis/config-groups';
export {
  newConfigMessage,
  newNonce,
  readConfigEnvelope,
  readLastUpdate,
  writeConfigEnvelope,
  type Config,
  type Signer,
} from './genesis/config-envelope';
export {
  changeGroup,
  readConfigGroup,
  writeConfigGroup,
  type ConfigGroupNode,
  type ConfigPolicyNode,
  type ConfigValueNode,
} from './genesis/config-tree';
export { computeUpdate, type GroupUpdate } from './genesis/config-update';
export { newGroup, newMemberPolicies, newSignaturePolicy } from './genesis/group-parts';
export { newMspDefinition, type MspMaterial } from './genesis/msp-definition';
export { newSigner } from './genesis/signer';
export { parseCertificate } from './msp/certificate';
export { newFabricMsp } from './msp/fabric-msp';
export type { Identity, SignedData } from './msp/identity';
export { MspRefused } from './msp/msp-refused';
export { outOfPolicy, rolePrincipal } from './policy/build-policy';
export { describePrincipal, describeRule } from './policy/explain-policy';
export { readPolicyTree, type ImplicitMeta, type Policy } from './policy/policy-tree';
export { isSatisfied, type Rule } from './policy/signature-policy';
export { verifiedSigners } from './policy/verified-signers';
