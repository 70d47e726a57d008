/** The client behind a transaction, as the chaincode room needs to know it: its signature over the proposal is verified. */
export interface Caller {
  /** envelope: serialized common.SignaturePolicyEnvelope, such as a collection's members. */
  satisfies(envelope: Uint8Array): boolean;
  /** Undefined if the caller may use the resource on the channel, else Fabric's text of the refusal. */
  refusalOf(resource: string, channelId: string): string | undefined;
}
