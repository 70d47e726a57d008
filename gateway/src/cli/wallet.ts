import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { MspId, RelationRef } from '@medaccord/chaincode/model';
import {
  findRecipients,
  GatewayClient,
  type Answers,
  type HistoryEntry,
  type Member,
  type OpenedNotice,
  type OpenedRedisclosure,
} from '../story';
import {
  checkIn,
  closeRelation,
  isReceiptSigned,
  type KeyFrom,
  newRelationToken,
  openNotice,
  openRedisclosure,
  revokeConsent,
  type Wallet,
  type WalletRelation,
} from '../wallet';
import { readWalletFile, writeWalletFile } from '../wallet/wallet-file';
import { bringConsent, type Ways, type Wish } from './bring-consent';
import { CliError } from './cli-error';
import { EXIT, parseOptions, print, required, usage, type Command } from './command';
import { readConnections, type Connections } from './connections';
import { formatEntry, type ToldEntry } from './format-history';
import { formatPreview, readDraft } from './preview';
import { recover } from './recover';
import { showAudit } from './wallet-audit';
import { coverage } from './wallet-coverage';
import { showClaims } from './wallet-claims';
import { dispute } from './wallet-dispute';
import { consent, type ConsentCommand } from './wallet-consent';

const OPTIONS = {
  connections: { type: 'string' },
  wallet: { type: 'string' },
  relation: { type: 'string' },
  at: { type: 'string' },
  document: { type: 'string' },
  json: { type: 'boolean', default: false },
  policy: { type: 'string' },
  fhir: { type: 'string' },
  until: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  export: { type: 'boolean', default: false },
  save: { type: 'string' },
  accept: { type: 'string' },
  claim: { type: 'string' },
  grounds: { type: 'string' },
  authority: { type: 'string' },
} as const;

/** There are other ways than a gateway that does not answer. */
const PATIENCE = { allMs: 2_000, attemptMs: 20_000 };

type Opened = {
  readonly file: string;
  readonly passphrase: string | undefined;
  readonly wallet: Wallet;
  readonly relation: WalletRelation | undefined;
  readonly connections: Connections;
  /** The member whose gateway is asked; the relation's custodian unless --at names another. */
  readonly at: string | undefined;
  /** The file of a draft. */
  readonly document: string | undefined;
  readonly json: boolean;
  /** Whether --relation named it. */
  readonly isNamed: boolean;
  readonly options: ConsentCommand['options'] & Readonly<Partial<Record<'claim' | 'grounds' | 'authority', string | undefined>>>;
  /** The file of a proof. */
  readonly save: string | undefined;
  /** The coverage whose terms are signed. */
  readonly accept: string | undefined;
};

const ACTIONS: Readonly<Record<string, (opened: Opened) => Promise<void>>> = {
  show,
  history,
  audit,
  consent: signOrExport,
  revoke: (opened) => end(opened, 'revoked'),
  close: (opened) => end(opened, 'closed'),
  renew,
  token,
  preview,
  coverage: signOffer,
  claims,
  dispute: disputeClaim,
};

/** `wallet show|history|audit|consent|revoke|close|renew|token|preview|coverage|claims|dispute|recover`: the patient's own way, independent of any organisation's program. */
export const wallet: Command = async ([action = 'show', ...argv], config) => {
  if (action === 'recover') return recover(argv, config);
  const run = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (run === undefined) throw usage(`wallet ${action}: must be one of ${[...Object.keys(ACTIONS), 'recover'].join(', ')}.`);
  const values = parseOptions(argv, OPTIONS);
  const folder = resolve(required(values.connections, '--connections'));
  const connections = await readConnections(folder);
  const file = values.wallet ?? (await findNewestWallet(join(folder, 'wallets')));
  const opened = await readWalletFile(file, config.walletPassphrase);
  const relation = values.relation === undefined ? findUsual(opened, action) : findNamed(opened, values.relation);
  const passphrase = config.walletPassphrase;
  const found = { file, passphrase, wallet: opened, relation, connections, at: values.at ?? relation?.custodian };
  await run({
    ...found,
    document: values.document,
    json: values.json,
    isNamed: values.relation !== undefined,
    options: values,
    save: values.save,
    accept: values.accept,
  });
  return EXIT.done;
};

function show({ file, wallet: { patients, relations }, json }: Opened): Promise<void> {
  if (json) print(JSON.stringify({ file, patients, relations }));
  else {
    print(`wallet ${file}`);
    for (const { subjectRef, custodian } of patients) print(`  patient   ${subjectRef}  at ${custodian}`);
    for (const { relationRef, counterparty, kinds, consentVersion } of relations) {
      print(`  relation  ${relationRef}  with ${counterparty}  ${kinds.join('+')}  consent ${String(consentVersion)}`);
    }
  }
  return Promise.resolve();
}

async function history(opened: Opened): Promise<void> {
  const relation = withRelation(opened);
  const client = clientOf(opened);
  const path = `/api/relations/${relation.relationRef}/history`;
  const { entries } = await client.get<Answers['history']>(path, { token: await newToken(opened, relation) });
  const keys = await readSigningKeys(client, relation.custodian);
  const told = await Promise.all(entries.map((entry) => openEntry(opened.wallet, { ...relation, keys }, entry)));
  const { hold } = await client.get<Answers['patientState']>(`/api/patients/${relation.subjectRef}`);
  if (opened.json) print(JSON.stringify({ relationRef: relation.relationRef, entries: told, hold }));
  else {
    for (const entry of told) print(formatEntry(entry));
    if (hold !== null)
      print(`${hold.at}  held: nothing is released by your consents. \`wallet recover show\` tells why, \`wallet recover veto\` ends it.`);
  }
}

/** What a member's audit log says of her, proved. */
async function audit(opened: Opened): Promise<void> {
  const relation = withRelation(opened);
  const { connections, save, json } = opened;
  const token = await newToken(opened, relation);
  await showAudit({ relationRef: relation.relationRef, at: memberOf(opened), members: connections.members, token, save, json });
}

function signOrExport(opened: Opened): Promise<void> {
  const { wallet: owner, relation, isNamed, connections, options } = opened;
  const waysIn = (one: WalletRelation): Ways => waysOf({ ...opened, relation: one });
  return consent({ wallet: owner, named: isNamed ? relation : undefined, members: connections.members, waysOf: waysIn, options });
}

/** How a patient ends what she permitted: for now, or the whole relation for good. */
const ENDS = {
  revoked: { sign: revokeConsent, done: 'Revoked' },
  closed: { sign: closeRelation, done: 'Closed for good' },
} as const;

async function end(opened: Opened, status: keyof typeof ENDS): Promise<void> {
  const { relationRef } = withRelation(opened);
  const { sign, done } = ENDS[status];
  const wish: Wish = { relationRef, isMetBy: (header) => header.status === status, sign: (signing) => sign(signing, relationRef) };
  const { version, transactionId } = await bringConsent(waysOf(opened), opened.wallet, wish);
  if (opened.json) print(JSON.stringify({ relationRef, version, transactionId }));
  else print(`${done}: version ${String(version)} of the consent is on the ledger, transaction ${transactionId}.`);
}

/** A relation with keys of its own takes the place of another, with the same member and for the same kinds. */
async function renew(opened: Opened): Promise<void> {
  const { subjectRef, custodian, counterparty, kinds } = withRelation(opened);
  const client = clientOf(opened);
  const recipients = await findRecipients(client, [{ mspId: custodian }, { mspId: counterparty }]);
  const fresh = await checkIn(opened.wallet, { subjectRef, counterparty, kinds }, recipients);
  await writeWalletFile(opened.file, fresh.wallet, opened.passphrase);
  const { transactionId } = await client.post<Answers['relation']>('/api/relations', fresh.request);
  if (!opened.json) print(`Relation ${fresh.relationRef} is on the ledger, transaction ${transactionId}. It permits nothing yet.`);
  await end({ ...opened, wallet: fresh.wallet }, 'closed');
}

/** Any member records a consent: the one that was named, the relation's own, then the others. */
function waysOf(opened: Opened): Ways {
  const { custodian, counterparty } = withRelation(opened);
  const order = [memberOf(opened).mspId, custodian, counterparty];
  const { members } = opened.connections;
  const first = order.flatMap((mspId) => members.filter((member) => member.mspId === mspId));
  return {
    members: [...new Set([...first, ...members])],
    clientOf: ({ gateway }) => new GatewayClient(gateway, PATIENCE),
    save: (changed) => writeWalletFile(opened.file, changed, opened.passphrase),
  };
}

async function token(opened: Opened): Promise<void> {
  print(await newToken(opened, withRelation(opened)));
}

/** What a draft would open, before anything is signed. */
async function preview(opened: Opened): Promise<void> {
  const relation = withRelation(opened);
  const draft = await readDraft(required(opened.document, '--document'));
  const path = `/api/relations/${relation.relationRef}/preview`;
  const told = await clientOf(opened).post<Answers['preview']>(path, draft, { token: await newToken(opened, relation) });
  if (opened.json) print(JSON.stringify(told));
  else for (const line of formatPreview(told)) print(line);
}

/** What the insurer of the relation offers, and the signature under it. */
async function signOffer(opened: Opened): Promise<void> {
  const { wallet: owner, accept, json } = opened;
  const relation = withRelation(opened);
  const insurer = { ...opened, at: relation.counterparty };
  const token = await newToken(insurer, relation);
  await coverage({ wallet: owner, relation, client: clientOf(insurer), token, accept, json });
}

/** What was billed about her and what she owes, from the hospital of the relation, worked out again. */
async function claims(opened: Opened): Promise<void> {
  const { wallet: owner, json } = opened;
  const relation = withRelation(opened);
  await showClaims({
    wallet: owner,
    relationRef: relation.relationRef,
    client: clientOf(opened),
    token: await newToken(opened, relation),
    json,
  });
}

/** One signature against what the insurer decided of a claim. */
async function disputeClaim(opened: Opened): Promise<void> {
  const { wallet: owner, json, options } = opened;
  await dispute({
    ...{ wallet: owner, relation: withRelation(opened), ways: waysOf(opened), json, authority: options.authority },
    claimId: required(options.claim, '--claim'),
    grounds: required(options.grounds, '--grounds'),
  });
}

/** The keys that the custodian signed its receipts with, to check them here. */
async function readSigningKeys(client: GatewayClient, custodian: string): Promise<readonly KeyFrom[]> {
  const { organisations } = await client.get<Answers['organisations']>('/api/organisations');
  return organisations.find(({ mspId }) => mspId === custodian)?.signingKeys ?? [];
}

async function openEntry(
  owner: Wallet,
  { relationRef, keys }: { readonly relationRef: RelationRef; readonly keys: readonly KeyFrom[] },
  entry: HistoryEntry,
): Promise<ToldEntry> {
  if (entry.kind === 'redisclosure' && entry.notice !== null) {
    const passedOn = (await openRedisclosure(owner, relationRef, entry.redisclosureId, entry.notice)) as OpenedRedisclosure;
    return { ...entry, passedOn };
  }
  if (entry.kind !== 'decision' || entry.notice === null) return entry;
  const { receipt, requestId, block } = entry;
  const isSigned = receipt !== null && (await isReceiptSigned(receipt, requestId, block, keys));
  return { ...entry, isSigned, opened: (await openNotice(owner, relationRef, entry.requestId, entry.notice)) as OpenedNotice };
}

function newToken({ wallet: owner, at }: Opened, { relationRef, custodian }: WalletRelation): Promise<string> {
  return newRelationToken(owner, relationRef, (at ?? custodian) as MspId);
}

function clientOf(opened: Opened): GatewayClient {
  return new GatewayClient(memberOf(opened).gateway);
}

function memberOf({ connections, at }: Opened): Member {
  const member = connections.members.find(({ mspId }) => mspId === at);
  if (member === undefined) throw usage(`--at must be one of ${connections.members.map(({ mspId }) => mspId).join(', ')}.`);
  return member;
}

function withRelation({ relation }: Opened): WalletRelation {
  if (relation === undefined)
    throw new CliError('WALLET_UNKNOWN', 'This wallet has no relation yet.', 'Check in at an organisation first.');
  return relation;
}

/** The newest relation of its kind: with an insurer for what is paid, with somebody else for the rest. */
function findUsual({ relations }: Wallet, action: string): WalletRelation | undefined {
  const isAboutCover = ['claims', 'coverage', 'dispute'].includes(action);
  return relations.findLast(({ kinds }) => kinds.includes('cover') === isAboutCover) ?? relations.at(-1);
}

function findNamed({ relations }: Wallet, relationRef: string): WalletRelation {
  const found = relations.find((relation) => relation.relationRef === relationRef);
  if (found === undefined) throw new CliError('WALLET_UNKNOWN', 'This wallet has no such relation.', '`wallet show` lists its relations.');
  return found;
}

async function findNewestWallet(folder: string): Promise<string> {
  const names = (await readdir(folder).catch(() => [] as string[])).filter((name) => name.endsWith('.json')).sort();
  const newest = names.at(-1);
  if (newest === undefined) throw usage('--wallet is required: no story has left a wallet here.');
  return join(folder, newest);
}
