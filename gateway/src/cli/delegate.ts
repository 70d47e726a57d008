import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  delegateKinds,
  delegatePowers,
  formatInstant,
  parseCategory,
  parseConsentDocument,
  parseInstant,
  parseJson,
  parseJwk,
  parsePeriod,
  parseRelationRef,
  type MspId,
  type Parser,
  type Period,
  type RelationRef,
} from '@medaccord/chaincode/model';
import { findRecipients, GatewayClient, type Answers, type Member } from '../story';
import {
  deriveDelegateKey,
  endDelegation,
  findRelation,
  newDelegateToken,
  newRelationToken,
  revokeConsentFor,
  signConsentFor,
  signDelegation,
  type SignedDelegation,
  type Wallet,
} from '../wallet';
import { readWalletFile } from '../wallet/wallet-file';
import { EXIT, parseOptions, print, required, usage, type Command } from './command';
import { readConnections } from './connections';
import { formatEntry } from './format-history';

const OPTIONS = {
  connections: { type: 'string' },
  wallet: { type: 'string' },
  relation: { type: 'string' },
  at: { type: 'string' },
  delegation: { type: 'string' },
  key: { type: 'string' },
  kind: { type: 'string' },
  powers: { type: 'string' },
  from: { type: 'string' },
  until: { type: 'string' },
  withhold: { type: 'string', default: '' },
  majority: { type: 'string' },
  document: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>;

type Opened = {
  readonly values: Values;
  readonly wallet: Wallet;
  readonly relationRef: RelationRef;
  readonly members: readonly Member[];
};

const ACTIONS: Readonly<Record<string, (opened: Opened) => Promise<void>>> = { grant, end, key, consent, revoke, history };

/** `delegate grant|end` for the patient, `delegate key|consent|revoke|history` for who acts for her, each with a wallet of their own. */
export const delegate: Command = async ([action = '', ...argv], config) => {
  const run = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (run === undefined) throw usage(`delegate ${action}: must be one of ${Object.keys(ACTIONS).join(', ')}.`);
  const values = parseOptions(argv, OPTIONS);
  const { members } = await readConnections(resolve(required(values.connections, '--connections')));
  const wallet = await readWalletFile(required(values.wallet, '--wallet'), config.walletPassphrase);
  const relationRef = read(parseRelationRef, required(values.relation, '--relation'), '--relation');
  await run({ values, wallet, relationRef, members });
  return EXIT.done;
};

/** The patient lets somebody act for her. */
async function grant(opened: Opened): Promise<void> {
  const { values, wallet, relationRef, members } = opened;
  const { custodian } = findRelation(wallet, relationRef);
  const client = clientOf(opened, custodian);
  const [recipient] = await findRecipients(
    client,
    members.filter(({ mspId }) => mspId === custodian),
  );
  if (recipient === undefined) throw usage(`${custodian} is not a member here.`);
  const wish = {
    relationRef,
    n: await nextNumber(opened, client),
    key: parseJson(parseJwk, await readFile(required(values.key, '--key'), 'utf8'), '--key'),
    kind: oneOf(delegateKinds, required(values.kind, '--kind'), '--kind'),
    powers: listOf(required(values.powers, '--powers')).map((power) => oneOf(delegatePowers, power, '--powers')),
    validity: readValidity(values, required(values.until, '--until')),
    withheld: listOf(values.withhold).map((category) => read(parseCategory, category, '--withhold')),
    majority: values.majority === undefined ? null : read(parseInstant, values.majority, '--majority'),
  };
  await hand(opened, client, await signDelegation(wallet, wish, recipient), 'The delegation');
}

/** The patient ends what she granted, or what was appointed. */
async function end(opened: Opened): Promise<void> {
  const { wallet, relationRef } = opened;
  const { custodian } = findRelation(wallet, relationRef);
  const client = clientOf(opened, custodian);
  const token = await newRelationToken(wallet, relationRef, memberOf(opened, custodian).mspId as MspId);
  const { newestConsent } = await client.get<Answers['present']>(`/api/relations/${relationRef}`, { token });
  const place = { relationRef, n: await nextNumber(opened, client), of: readDelegation(opened), after: newestConsent };
  await hand(opened, client, await endDelegation(wallet, place), 'The end of the delegation');
}

async function hand({ values }: Opened, client: GatewayClient, signed: SignedDelegation, what: string): Promise<void> {
  const { n, transactionId } = await client.post<Answers['delegation']>('/api/delegations', signed);
  print(
    values.json ? JSON.stringify({ n, transactionId }) : `${what} is on the ledger as number ${String(n)}, transaction ${transactionId}.`,
  );
}

async function nextNumber(opened: Opened, client: GatewayClient): Promise<number> {
  const { wallet, relationRef } = opened;
  const { custodian } = findRelation(wallet, relationRef);
  const token = await newRelationToken(wallet, relationRef, memberOf(opened, custodian).mspId as MspId);
  const { delegations } = await client.get<Answers['delegations']>(`/api/relations/${relationRef}/delegations`, { token });
  return Math.max(0, ...delegations.map(({ n }) => n)) + 1;
}

/** The delegate's key for this relation, to be given to the patient. */
async function key({ wallet, relationRef }: Opened): Promise<void> {
  print(JSON.stringify((await deriveDelegateKey(wallet, relationRef)).publicJwk));
}

/** The delegate consents for the patient. */
async function consent(opened: Opened): Promise<void> {
  const { values, wallet, relationRef, members } = opened;
  const { client, custodian, counterparty, ...delegated } = await readPresent(opened);
  const sets = JSON.parse(await readFile(required(values.document, '--document'), 'utf8')) as unknown;
  const document = parseConsentDocument({ relationRef, version: delegated.version, salt: 'A'.repeat(22), sets }, '--document');
  const validity = values.until === undefined ? null : readValidity(values, values.until);
  const recipients = await findRecipients(
    client,
    members.filter(({ mspId }) => mspId === custodian || mspId === counterparty),
  );
  await bring(opened, client, await signConsentFor(wallet, delegated, { sets: document.sets, validity, recipients }));
}

/** The delegate revokes for the patient. */
async function revoke(opened: Opened): Promise<void> {
  const { client, ...present } = await readPresent(opened);
  await bring(opened, client, await revokeConsentFor(opened.wallet, present));
}

async function bring({ values }: Opened, client: GatewayClient, request: object): Promise<void> {
  const { version, transactionId } = await client.post<Answers['consent']>('/api/consents', request);
  print(
    values.json
      ? JSON.stringify({ version, transactionId })
      : `Version ${String(version)} of the consent is on the ledger, transaction ${transactionId}.`,
  );
}

/** What the delegate may see of the history. */
async function history(opened: Opened): Promise<void> {
  const client = clientOf(opened);
  const path = `/api/relations/${opened.relationRef}/history`;
  const { entries } = await client.get<Answers['history']>(path, { token: await newToken(opened) });
  if (opened.values.json) print(JSON.stringify({ relationRef: opened.relationRef, entries }));
  else for (const entry of entries) print(formatEntry(entry));
}

type Present = {
  readonly client: GatewayClient;
  readonly custodian: string;
  readonly counterparty: string;
  readonly relationRef: RelationRef;
  readonly delegation: number;
  /** The number that a delegate signs next. */
  readonly version: number;
};

async function readPresent(opened: Opened): Promise<Present> {
  const client = clientOf(opened);
  const { relationRef } = opened;
  const options = { token: await newToken(opened) };
  const { custodian, counterparty, newestConsent } = await client.get<Answers['present']>(`/api/relations/${relationRef}`, options);
  return { client, custodian, counterparty, relationRef, delegation: readDelegation(opened), version: newestConsent + 1 };
}

function newToken(opened: Opened): Promise<string> {
  const { wallet, relationRef } = opened;
  return newDelegateToken(wallet, { relationRef, delegation: readDelegation(opened) }, memberOf(opened).mspId as MspId);
}

function clientOf(opened: Opened, unsaid?: string): GatewayClient {
  return new GatewayClient(memberOf(opened, unsaid).gateway);
}

function memberOf({ members, values }: Opened, unsaid?: string): Member {
  const at = values.at ?? unsaid;
  const member = members.find(({ mspId }) => mspId === at);
  if (member === undefined) throw usage(`--at must be one of ${members.map(({ mspId }) => mspId).join(', ')}.`);
  return member;
}

function readDelegation({ values }: Opened): number {
  const text = required(values.delegation, '--delegation');
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw usage('--delegation must be the number of a delegation.');
  return Number(text);
}

function readValidity({ from }: Values, until: string): Period {
  return read(parsePeriod, { from: from ?? formatInstant(Date.now()), until }, '--from and --until');
}

function listOf(text: string): readonly string[] {
  return text.split(',').filter((item) => item !== '');
}

function oneOf<T extends string>(known: readonly T[], text: string, option: string): T {
  const found = known.find((one) => one === text);
  if (found === undefined) throw usage(`${option} must be one of ${known.join(', ')}.`);
  return found;
}

function read<T>(parse: Parser<T>, value: unknown, option: string): T {
  try {
    return parse(value, option);
  } catch (error) {
    throw usage(`${(error as Error).message}.`);
  }
}
