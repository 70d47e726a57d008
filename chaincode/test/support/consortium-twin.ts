import './quiet';
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { common, msp } from '@hyperledger/fabric-protos';
import { contracts } from '../../src';
import {
  formatCanonical,
  parseError,
  type MspId,
  type StaffRole,
  type TransactionName,
  type TransactionRequest,
  type TransactionResponse,
} from '../../src/model';
import { newIdentity, type Identity } from './certificates';
import { PeerTwin, privateName, type Proposal, type Simulation, type WorldState, type WriteSet } from './peer-twin';

export const OK = 0;
export const ENDORSEMENT_POLICY_FAILURE = 10;
export const MVCC_READ_CONFLICT = 11;

/** How a transaction is sent. `endorsers` are named organisations; the default is what automatic planning would find. */
export interface Sending {
  readonly input?: unknown;
  readonly endorsers?: readonly string[];
  readonly at?: string;
}

/** An endorsed transaction on its way to the orderer. */
export interface Endorsed {
  readonly proposal: Proposal;
  readonly endorsers: readonly string[];
  readonly simulation: Simulation;
}

export class EndorsementRefused extends Error {
  constructor(readonly simulation: Simulation) {
    super(simulation.message);
  }
}

/**
 * A small consortium with Fabric's rules for what the contract relies on: simulation on committed state at each endorser, comparison of
 * their results, Witnessed (any two) for the chaincode, key policies, implicit collections, read conflicts. The devnet has all of them.
 */
export class ConsortiumTwin {
  readonly world: WorldState = { values: new Map(), collections: new Map(), history: new Map() };
  readonly members: readonly string[];
  /** Every proposal that was endorsed, and where. */
  readonly endorsements: { proposal: Proposal; endorsers: readonly string[] }[] = [];
  /** Every proposal that was simulated, and every transaction that was committed. */
  readonly proposals: Proposal[] = [];
  readonly chain: { proposal: Proposal; simulation: Simulation; code: number }[] = [];
  readonly #peers: ReadonlyMap<string, PeerTwin>;
  readonly #identities = new Map<string, Identity>();
  #height = 0;
  clock = '2026-03-01T08:00:00.000Z';

  constructor(members: readonly string[], altered: Readonly<Record<string, readonly unknown[]>> = {}) {
    this.members = members;
    this.#peers = new Map(members.map((mspId) => [mspId, new PeerTwin(mspId, this.world, altered[mspId] ?? contracts)]));
  }

  /** A client of a member with a role, or its admin. */
  async identity(mspId: string, role?: StaffRole | 'admin'): Promise<Identity> {
    const name = `${mspId} ${role ?? 'none'}`;
    const identity =
      this.#identities.get(name) ?? (await newIdentity(mspId, role === 'admin' ? { ou: 'admin' } : role === undefined ? {} : { role }));
    this.#identities.set(name, identity);
    return identity;
  }

  /** Runs a transaction at the named organisations, twice each, and compares all results. */
  async endorse(as: Identity, args: readonly string[], { input, endorsers, at }: Sending = {}): Promise<Endorsed> {
    const proposal: Proposal = {
      as,
      args,
      at: at ?? this.clock,
      txId: createHash('sha256').update(String(this.proposals.length)).digest('hex'),
      input: input === undefined ? undefined : typeof input === 'string' ? input : formatCanonical(input),
    };
    this.proposals.push(proposal);
    const first = await this.#simulate(proposal, endorsers?.[0] ?? as.mspId);
    const chosen = endorsers ?? this.plan(as.mspId, first.rwset);
    this.endorsements.push({ proposal, endorsers: chosen });
    for (const mspId of chosen) {
      const again = await this.#simulate(proposal, mspId);
      if (!isDeepStrictEqual(again, first)) throw new Error(`ProposalResponsePayloads do not match: ${mspId}`);
    }
    return { proposal, endorsers: chosen, simulation: first };
  }

  /** Runs a recorded proposal again at the same organisations. */
  async replay(proposal: Proposal, endorsers: readonly string[]): Promise<Endorsed> {
    return { proposal, endorsers, simulation: await this.#simulate(proposal, endorsers[0] ?? '') };
  }

  async #simulate(proposal: Proposal, mspId: string): Promise<Simulation> {
    const peer = this.#peers.get(mspId);
    if (peer === undefined) throw new Error(`no peer of ${mspId}`);
    const simulation = await peer.simulate(proposal);
    if (simulation.status >= 400) throw new EndorsementRefused(simulation);
    return simulation;
  }

  /** Own organisation, every organisation whose collection is written, and one more where two are needed. */
  plan(own: string, rwset: WriteSet): readonly string[] {
    const written = Object.keys(rwset.privateWrites).map((name) => name.split('|')[0]?.replace('_implicit_org_', '') ?? '');
    const chosen = [...new Set([own, ...written])];
    const spare = this.members.filter((mspId) => !chosen.includes(mspId));
    const endorsers = chosen.map((mspId) => mspId);
    while (spare.length > 0 && this.validate(rwset, endorsers) === ENDORSEMENT_POLICY_FAILURE) endorsers.push(spare.shift() ?? '');
    return endorsers;
  }

  /** Validates and applies a block of one transaction; answers its validation code. */
  commit({ proposal, endorsers, simulation }: Endorsed): number {
    const code = this.validate(simulation.rwset, endorsers);
    this.chain.push({ proposal, simulation, code });
    this.#height += 1;
    if (code === OK) this.#apply(proposal.txId, simulation.rwset);
    return code;
  }

  validate(rwset: WriteSet, endorsers: readonly string[]): number {
    if (!this.#satisfiesPolicies(rwset, endorsers)) return ENDORSEMENT_POLICY_FAILURE;
    const isFresh = Object.entries(rwset.reads).every(([key, version]) => (this.world.values.get(key)?.version ?? null) === version);
    const isFreshHash = Object.entries(rwset.hashedReads).every(([name, version]) => (this.#committed(name)?.version ?? null) === version);
    return isFresh && isFreshHash ? OK : MVCC_READ_CONFLICT;
  }

  #satisfiesPolicies(rwset: WriteSet, endorsers: readonly string[]): boolean {
    let needsWitnesses = Object.keys(rwset.privateWrites).length === 0;
    for (const key of new Set([...Object.keys(rwset.writes), ...Object.keys(rwset.policies)])) {
      const policy = this.world.values.get(key)?.policy;
      if (policy === undefined) needsWitnesses = true;
      else {
        needsWitnesses &&= Object.keys(rwset.writes).length === 0;
        if (!isSatisfied(policy, endorsers)) return false;
      }
    }
    const owners = Object.keys(rwset.privateWrites).map((name) => name.split('|')[0]?.replace('_implicit_org_', '') ?? '');
    return owners.every((owner) => endorsers.includes(owner)) && (!needsWitnesses || new Set(endorsers).size >= 2);
  }

  #committed(name: string): { version: number } | undefined {
    const at = name.indexOf('|');
    return this.world.collections.get(name.slice(0, at))?.get(name.slice(at + 1));
  }

  #apply(txId: string, rwset: WriteSet): void {
    for (const [key, value] of Object.entries(rwset.writes)) {
      const entry = { txId, value: Buffer.from(value ?? '', 'base64'), isDelete: value === null };
      this.world.history.set(key, [...(this.world.history.get(key) ?? []), entry]);
      if (value === null) this.world.values.delete(key);
      else this.world.values.set(key, { value: entry.value, version: this.#height, policy: this.world.values.get(key)?.policy });
    }
    for (const [key, policy] of Object.entries(rwset.policies)) {
      const found = this.world.values.get(key);
      if (found !== undefined) this.world.values.set(key, { ...found, version: this.#height, policy: Buffer.from(policy, 'base64') });
    }
    for (const [name, value] of Object.entries(rwset.privateWrites)) {
      const at = name.indexOf('|');
      const collection = this.world.collections.get(name.slice(0, at)) ?? new Map();
      this.world.collections.set(name.slice(0, at), collection);
      if (value === null) collection.delete(name.slice(at + 1));
      else collection.set(name.slice(at + 1), { value: Buffer.from(value, 'base64'), version: this.#height });
    }
  }

  /** Endorses and commits; expects code 0. */
  async submit<N extends TransactionName>(
    as: Identity,
    name: N,
    request: TransactionRequest<N>,
    sending: Sending = {},
  ): Promise<TransactionResponse<N>> {
    const endorsed = await this.endorse(as, [name, formatCanonical(request)], sending);
    const code = this.commit(endorsed);
    if (code !== OK) throw new Error(`${name} was committed with code ${String(code)}`);
    return JSON.parse(endorsed.simulation.payload) as TransactionResponse<N>;
  }

  async evaluate<N extends TransactionName>(
    as: Identity,
    name: N,
    request: TransactionRequest<N>,
    at?: string,
  ): Promise<TransactionResponse<N>> {
    const { simulation } = await this.endorse(as, [name, formatCanonical(request)], { endorsers: [at ?? as.mspId] });
    return JSON.parse(simulation.payload) as TransactionResponse<N>;
  }

  /** What two members with altered chaincode can commit under a key that has no policy: any text, or its deletion. */
  forge(key: string, text: string | null): void {
    this.#height += 1;
    const writes = { [key]: text === null ? null : Buffer.from(text).toString('base64') };
    this.#apply(`forged ${String(this.#height)}`, { reads: {}, writes, policies: {}, hashedReads: {}, privateWrites: {} });
  }

  /** The parsed value of a public key. */
  state(key: string): unknown {
    const found = this.world.values.get(key);
    return found === undefined ? undefined : JSON.parse(found.value.toString('utf8'));
  }
}

/** The code and details of a refused transaction. */
export async function refusalOf(promise: Promise<unknown>): Promise<{ code: string; details: unknown }> {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof EndorsementRefused)) throw error;
    const parsed = parseError(error.message);
    if (parsed === undefined) throw new Error(`not a coded error: ${error.message}`, { cause: error });
    return { code: parsed.code, details: parsed.details };
  }
  throw new Error('the transaction was endorsed');
}

/** Evaluates a signature policy as Fabric does for distinct organisations. */
function isSatisfied(bytes: Buffer, endorsers: readonly string[]): boolean {
  const envelope = common.SignaturePolicyEnvelope.deserializeBinary(bytes);
  const members = envelope
    .getIdentitiesList()
    .map((principal) => msp.MSPRole.deserializeBinary(principal.getPrincipal_asU8()).getMspIdentifier());
  const holds = (rule: common.SignaturePolicy): boolean => {
    const nOutOf = rule.getNOutOf();
    if (nOutOf === undefined) return endorsers.includes(members[rule.getSignedBy()] ?? '');
    return nOutOf.getRulesList().filter(holds).length >= nOutOf.getN();
  };
  const rule = envelope.getRule();
  return rule !== undefined && holds(rule);
}

export { privateName };
export const msps = (...names: readonly string[]): readonly MspId[] => names as readonly MspId[];
