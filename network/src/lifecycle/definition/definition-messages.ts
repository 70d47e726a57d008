import { peer } from '@hyperledger/fabric-protos';
import type { DefinitionTerms } from './definition';

/** What the messages that propose a definition have in common (lifecycle.proto). */
interface ProposalMessage {
  setName(name: string): void;
  setSequence(sequence: number): void;
  setVersion(version: string): void;
  setEndorsementPlugin(name: string): void;
  setValidationPlugin(name: string): void;
  setValidationParameter(policy: Uint8Array): void;
  setCollections(collections: peer.CollectionConfigPackage): void;
  setInitRequired(required: boolean): void;
}

/** What the messages that answer with a definition have in common. */
interface AnswerMessage {
  getVersion(): string;
  getEndorsementPlugin(): string;
  getValidationPlugin(): string;
  getValidationParameter_asU8(): Uint8Array;
  getCollections(): peer.CollectionConfigPackage | undefined;
  getInitRequired(): boolean;
}

/** A chaincode's definition at its place in the order of definitions; the first is 1. */
export interface NamedDefinition {
  readonly name: string;
  readonly sequence: number;
  readonly terms: DefinitionTerms;
}

export function fillMessage<T extends ProposalMessage>(message: T, { name, sequence, terms }: NamedDefinition): T {
  message.setName(name);
  message.setSequence(sequence);
  message.setVersion(terms.version);
  message.setEndorsementPlugin(terms.endorsementPlugin);
  message.setValidationPlugin(terms.validationPlugin);
  message.setValidationParameter(terms.policy.serializeBinary());
  message.setCollections(terms.collections);
  message.setInitRequired(terms.initRequired);
  return message;
}

export function readTerms(message: AnswerMessage): DefinitionTerms {
  return {
    version: message.getVersion(),
    policy: peer.ApplicationPolicy.deserializeBinary(message.getValidationParameter_asU8()),
    collections: message.getCollections() ?? new peer.CollectionConfigPackage(),
    initRequired: message.getInitRequired(),
    endorsementPlugin: message.getEndorsementPlugin(),
    validationPlugin: message.getValidationPlugin(),
  };
}
