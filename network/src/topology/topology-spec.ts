import { z } from 'zod';

/** Ledgers that the network can run. A further one is a further name here and an engine in `src/ledger`. */
export const LEDGER_NAMES = ['devnet', 'fabric'] as const;

/** What an organisation is in the consortium; the chaincode's rules speak of roles, never of organisations. */
export const ROLES = ['hospital', 'insurer', 'authority'] as const;

/** Names under /Channel/Application that Fabric itself gives a meaning. */
const RESERVED_POLICIES = ['Readers', 'Writers', 'Admins', 'Endorsement', 'LifecycleEndorsement'] as const;

const named = (pattern: RegExp, rule: string): z.ZodString => z.string().regex(pattern, rule);

const organisationName = named(
  /^[a-z][a-z0-9-]{0,30}$/,
  'must be lower case letters, digits and dashes, starting with a letter, at most 31',
);
const title = z.string().trim().min(1, 'must not be empty').max(64, 'must have at most 64 characters');
const mspId = named(/^[A-Za-z][A-Za-z0-9.-]{0,63}$/, 'must be letters, digits, dots and dashes, starting with a letter, at most 64');
const channelName = named(
  /^[a-z][a-z0-9.-]{0,248}$/,
  'must be lower case letters, digits, dots and dashes, starting with a letter, at most 249',
);
const chaincodeName = named(/^[a-zA-Z0-9]+([-_][a-zA-Z0-9]+)*$/, 'must be letters and digits, joined by single dashes or underscores');
const transactionName = named(/^[A-Za-z][A-Za-z0-9_:.-]*$/, 'must be the name of a transaction');
const policyName = named(/^[A-Za-z][A-Za-z0-9]*$/, 'must be letters and digits, starting with a letter').refine(
  (name) => !RESERVED_POLICIES.some((reserved) => reserved === name),
  { error: `must not be one of ${RESERVED_POLICIES.join(', ')}, which the channel has already` },
);
/** An IPv4 address has this form too. */
const DNS_NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const domain = named(DNS_NAME, 'must be a DNS name in lower case, such as consortium.example').max(200, 'must have at most 200 characters');
const host = named(DNS_NAME, 'must be a DNS name in lower case or an IPv4 address').max(200, 'must have at most 200 characters');
const folder = z.string().min(1, 'must not be empty');

/** As Fabric writes them; one unit, so that a person reads what the node will do. */
const duration = named(/^[1-9][0-9]*(ms|s|m)$/, 'must be a whole number with a unit: 100ms, 2s, 3m');
const count = z.int().min(1, 'must be at least 1');

const organisation = z.strictObject({
  name: organisationName,
  title,
  mspId,
  role: z.enum(ROLES),
  /** Whether it runs a node of the ordering service, where the ledger has one. */
  orderer: z.boolean().default(true),
  /** Where others reach its peer and its orderer, when not on their own machine. */
  host: host.optional(),
  /** Where others reach its gateway. */
  gateway: z.url('must be a URL, such as https://fhir.hospital.example').optional(),
});

const policy = z.strictObject({
  outOf: z.int().min(1, 'must be at least 1'),
  of: z.union([z.literal('all'), z.array(z.string()).min(1)], { error: 'must be "all" or a list of names of organisations' }),
});

const firstTransaction = z.strictObject({ organisation: z.string(), transaction: transactionName, arguments: z.array(z.json()) });

const whole = z.int().min(0, 'must not be negative');

/** Values that only some members keep, with hashes of them on everybody's ledger. */
const collection = z.strictObject({
  name: named(/^[A-Za-z0-9-]+([A-Za-z0-9_-]+)*$/, 'must be letters, digits, dashes and underscores, not starting with an underscore'),
  members: z.union([z.literal('all'), z.array(z.string()).min(1)], { error: 'must be "all" or a list of names of organisations' }),
  requiredPeerCount: whole.default(0),
  /** All other members' peers unless given. */
  maxPeerCount: whole.optional(),
  /** Blocks after which values are forgotten; 0: never. */
  blockToLive: whole.default(0),
  memberOnlyRead: z.boolean().default(true),
  memberOnlyWrite: z.boolean().default(true),
  /** Name of a policy, which then stands in the place of the chaincode's for this collection's keys. */
  endorsement: z.string().optional(),
});

/**
 * Settings of Hyperledger Fabric that members agree on. The timers are faster than Fabric's samples: a leader that dies is replaced after
 * `forward` + `complain`, and a block waits at most `interval` for more transactions.
 */
const fabric = z.strictObject({
  version: named(/^\d+\.\d+\.\d+$/, 'must be three numbers: 3.1.5').default('3.1.5'),
  block: z.strictObject({ messages: count.default(100), megabytes: count.default(10), interval: duration.default('30ms') }).prefault({}),
  /** How long a peer waits for another organisation's endorsement before it asks a different one. */
  endorsementTimeout: duration.default('3s'),
  /**
   * How long an orderer may stand still behind others before whoever runs it restarts it. One that lacks a block fetches it by itself within
   * `bft.heartbeat` and some seconds more.
   */
  restartStalledAfter: duration.default('60s'),
  bft: z
    .strictObject({
      forward: duration.default('2s'),
      complain: duration.default('5s'),
      autoRemove: duration.default('3m'),
      viewChangeResend: duration.default('2s'),
      viewChange: duration.default('10s'),
      heartbeat: duration.default('10s'),
      heartbeatCount: count.default(10),
      collect: duration.default('1s'),
      /** An orderer that lacks the last block when it starts would else hear of it only with the next one. */
      syncOnStart: z.boolean().default(true),
      incomingMessages: count.default(200),
      poolSize: count.default(10_000),
    })
    .prefault({}),
});

export const topologySpec = z.strictObject({
  name: organisationName,
  /** Under which members' nodes reach each other across machines: `peer.<organisation>.<domain>`; `<name>.internal` unless given. */
  domain: domain.optional(),
  channel: channelName,
  ledger: z.enum(LEDGER_NAMES),
  organisations: z.array(organisation).min(1, 'must name at least one organisation'),
  policies: z.record(policyName, policy),
  chaincode: z.strictObject({
    name: chaincodeName,
    folder,
    policy: z.string(),
    collections: z.array(collection).default([]),
    first: z.array(firstTransaction).default([]),
  }),
  /** Without one the consortium runs the ledger and its chaincode alone. */
  gateway: z.strictObject({ folder }).optional(),
  fabric: fabric.prefault({}),
  ports: z.strictObject({ base: z.int().min(1024, 'must be at least 1024').max(65535, 'must be at most 65535') }),
});

/** Whether a channel may be called so. */
export function isChannelName(text: string): boolean {
  return channelName.safeParse(text).success;
}

/** A topology as a person writes it: every name in it is checked, nothing is derived yet. */
export type TopologySpec = z.output<typeof topologySpec>;
export type Role = (typeof ROLES)[number];
export type FabricSpec = TopologySpec['fabric'];
export type LedgerName = (typeof LEDGER_NAMES)[number];
