import type { status } from '@grpc/grpc-js';

/** What one peer (or orderer) said; on the wire gateway.ErrorDetail. */
export interface RefusalDetail {
  readonly address: string;
  readonly mspId: string;
  readonly message: string;
}

export interface RefusalContext {
  readonly details?: readonly RefusalDetail[];
  /**
   * For people who develop, never part of Fabric's answer: which key or result differed. Fabric's peer writes the like into its log
   * (internal/pkg/gateway/diff.go); the server hands it out beside the status, so that the details stay Fabric's own.
   */
  readonly explanations?: readonly string[];
}

/** A gateway's refusal of a client's request: gRPC status with Fabric's exact text (internal/pkg/gateway/apiutils.go, newRpcError). */
export class GatewayRefusal extends Error {
  override readonly name = 'GatewayRefusal';
  readonly details: readonly RefusalDetail[];
  readonly explanations: readonly string[];

  constructor(
    readonly grpcCode: status,
    message: string,
    context: RefusalContext = {},
  ) {
    super(message);
    this.details = context.details ?? [];
    this.explanations = context.explanations ?? [];
  }
}
