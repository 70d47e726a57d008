/** The parts of the chaincode's own test consortium that the gateway's tests use: the real contract on committed state, with Fabric's policies. */
export interface TwinSimulation {
  readonly payload: string;
  readonly event: { readonly name: string; readonly payload: string } | undefined;
  readonly rwset: {
    readonly writes: Readonly<Record<string, string | null>>;
    readonly privateWrites: Readonly<Record<string, string | null>>;
  };
}

export interface TwinEndorsed {
  readonly proposal: { readonly txId: string };
  readonly endorsers: readonly string[];
  readonly simulation: TwinSimulation;
}

export interface TwinIdentity {
  readonly mspId: string;
  readonly certificate: string;
}

interface TwinValue {
  readonly value: Buffer;
  readonly version: number;
}

export interface ContractTwin {
  readonly world: {
    readonly values: Map<string, TwinValue>;
    readonly collections: Map<string, Map<string, TwinValue>>;
    readonly history: Map<string, { readonly value: Buffer }[]>;
  };
  clock: string;
  identity(mspId: string, role?: string): Promise<TwinIdentity>;
  endorse(as: TwinIdentity, args: readonly string[], sending: { input?: string; endorsers?: readonly string[] }): Promise<TwinEndorsed>;
  commit(endorsed: TwinEndorsed): number;
}

interface TwinModule {
  readonly ConsortiumTwin: new (members: readonly string[]) => ContractTwin;
  readonly EndorsementRefused: new (...args: never[]) => Error;
}

// Loaded by path: the chaincode's tests belong to another workspace, compiled with other options.
const twin = jest.requireActual<TwinModule>('../../../chaincode/test/support/consortium-twin');

export const { EndorsementRefused } = twin;

export function newContractTwin(members: readonly string[]): ContractTwin {
  return new twin.ConsortiumTwin(members);
}
