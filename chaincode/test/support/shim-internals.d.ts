// The rooms of the shim that its type declarations do not show; the tests drive the real ones.
declare module 'fabric-shim/lib/stub.js' {
  import type { ChaincodeStub } from 'fabric-shim-api';
  const Stub: new (handler: object, channelId: string, txId: string, input: object, signedProposal: object) => ChaincodeStub;
  export = Stub;
}

declare module 'fabric-shim/lib/contract-spi/chaincodefromcontract.js' {
  import type { ChaincodeStub } from 'fabric-shim-api';
  class ChaincodeFromContract {
    constructor(contracts: unknown[], serializers: object, metadata?: object, title?: string, version?: string);
    Invoke(stub: ChaincodeStub): Promise<{ status: number; message?: string; payload?: Uint8Array }>;
  }
  export = ChaincodeFromContract;
}
