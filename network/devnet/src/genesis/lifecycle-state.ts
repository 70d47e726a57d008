import { peer } from '@hyperledger/fabric-protos';
import { utf8 } from '../proto/bytes';
import { decode } from '../proto/wire';
import type { StateReader } from '../store/state';
import type { Chaincode } from './consortium';

/** Keys and values of the `_lifecycle` namespace (core/chaincode/lifecycle/serializer.go, lifecycle.go). */

const DEFAULT_POLICY = '/Channel/Application/Endorsement';
export const DEFINITION_FIELDS = ['Sequence', 'EndorsementInfo', 'ValidationInfo', 'Collections'] as const;
const PARAMETER_FIELDS = ['EndorsementInfo', 'ValidationInfo', 'Collections'] as const;

export const metadataKey = (name: string): string => `namespaces/metadata/${name}`;
export const fieldKey = (name: string, field: string): string => `namespaces/fields/${name}/${field}`;
export const sourceMetadataKey = (name: string): string => `chaincode-sources/metadata/${name}`;
const sourceFieldKey = (name: string): string => `chaincode-sources/fields/${name}/PackageID`;
/** Name of a definition's approval: an organisation keeps one per sequence. */
export const approvalName = (chaincode: Pick<Chaincode, 'name' | 'sequence'>): string => `${chaincode.name}#${chaincode.sequence}`;
export const implicitCollection = (mspId: string): string => `_implicit_org_${mspId}`;

/** Public state of a committed definition, by key. */
export function definitionState(chaincode: Chaincode): ReadonlyMap<string, Uint8Array> {
  const values = { ...parameters(chaincode), Sequence: integerData(chaincode.sequence) };
  return new Map([
    [metadataKey(chaincode.name), stateMetadata('ChaincodeDefinition', DEFINITION_FIELDS)],
    ...DEFINITION_FIELDS.map((field) => [fieldKey(chaincode.name, field), values[field]] as const),
  ]);
}

/** An organisation's approval of the definition's parameters, by key, without the package. */
export function approvalState(chaincode: Chaincode): ReadonlyMap<string, Uint8Array> {
  const name = approvalName(chaincode);
  const values = parameters(chaincode);
  return new Map([
    [metadataKey(name), stateMetadata('ChaincodeParameters', PARAMETER_FIELDS)],
    ...PARAMETER_FIELDS.map((field) => [fieldKey(name, field), values[field]] as const),
  ]);
}

/** The package that an organisation approves with: where its chaincode comes from. */
export function packageState(chaincode: Chaincode, packageId: string): ReadonlyMap<string, Uint8Array> {
  const name = approvalName(chaincode);
  return new Map([
    [sourceMetadataKey(name), stateMetadata('ChaincodeLocalPackage', ['PackageID'])],
    [sourceFieldKey(name), stringData(packageId)],
  ]);
}

/** Sequence of the committed definition; 0: none. */
export function readCommittedSequence(state: StateReader, name: string): number {
  const stored = state.get('_lifecycle', fieldKey(name, 'Sequence'));
  return stored === undefined ? 0 : decode(peer.lifecycle.StateData, stored.value).getInt64();
}

/** Arguments of `ApproveChaincodeDefinitionForMyOrg`. An empty package id: the organisation does not run the chaincode. */
export function approvalArguments(chaincode: Chaincode, packageId: string): readonly Uint8Array[] {
  const args = new peer.lifecycle.ApproveChaincodeDefinitionForMyOrgArgs();
  fill(args, chaincode);
  const source = new peer.lifecycle.ChaincodeSource();
  if (packageId === '') source.setUnavailable(new peer.lifecycle.ChaincodeSource.Unavailable());
  else {
    const local = new peer.lifecycle.ChaincodeSource.Local();
    local.setPackageId(packageId);
    source.setLocalPackage(local);
  }
  args.setSource(source);
  return [utf8('ApproveChaincodeDefinitionForMyOrg'), args.serializeBinary()];
}

/** Arguments of `CommitChaincodeDefinition`. */
export function commitArguments(chaincode: Chaincode): readonly Uint8Array[] {
  const args = new peer.lifecycle.CommitChaincodeDefinitionArgs();
  fill(args, chaincode);
  return [utf8('CommitChaincodeDefinition'), args.serializeBinary()];
}

type DefinitionArgs = peer.lifecycle.ApproveChaincodeDefinitionForMyOrgArgs | peer.lifecycle.CommitChaincodeDefinitionArgs;

function fill(args: DefinitionArgs, chaincode: Chaincode): void {
  args.setSequence(chaincode.sequence);
  args.setName(chaincode.name);
  args.setVersion(chaincode.version);
  args.setValidationParameter(chaincode.policy);
  if (chaincode.collections.length > 0) args.setCollections(peer.CollectionConfigPackage.deserializeBinary(chaincode.collections));
}

/** Serialized peer.ApplicationPolicy that counts for the definition: its own, or the channel's default. */
function effectivePolicy(chaincode: Pick<Chaincode, 'policy'>): Uint8Array {
  if (chaincode.policy.length > 0) return chaincode.policy;
  const policy = new peer.ApplicationPolicy();
  policy.setChannelConfigPolicyReference(DEFAULT_POLICY);
  return policy.serializeBinary();
}

function parameters(chaincode: Chaincode): Readonly<Record<(typeof PARAMETER_FIELDS)[number], Uint8Array>> {
  const endorsement = new peer.lifecycle.ChaincodeEndorsementInfo();
  endorsement.setVersion(chaincode.version);
  endorsement.setEndorsementPlugin('escc');
  const validation = new peer.lifecycle.ChaincodeValidationInfo();
  validation.setValidationPlugin('vscc');
  validation.setValidationParameter(effectivePolicy(chaincode));
  return {
    EndorsementInfo: bytesData(endorsement.serializeBinary()),
    ValidationInfo: bytesData(validation.serializeBinary()),
    Collections: bytesData(chaincode.collections),
  };
}

function stateMetadata(datatype: string, fields: readonly string[]): Uint8Array {
  const metadata = new peer.lifecycle.StateMetadata();
  metadata.setDatatype(datatype);
  metadata.setFieldsList([...fields]);
  return metadata.serializeBinary();
}

function integerData(value: number): Uint8Array {
  const data = new peer.lifecycle.StateData();
  data.setInt64(value);
  return data.serializeBinary();
}

function stringData(value: string): Uint8Array {
  const data = new peer.lifecycle.StateData();
  data.setString(value);
  return data.serializeBinary();
}

function bytesData(value: Uint8Array): Uint8Array {
  const data = new peer.lifecycle.StateData();
  data.setBytes(value);
  return data.serializeBinary();
}
