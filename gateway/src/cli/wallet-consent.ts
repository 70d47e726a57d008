import { readFile } from 'node:fs/promises';
import { formatCanonical, parseSigned, type Commitment, type MspId, type RelationRef } from '@medaccord/chaincode/model';
import { formatFhirConsent, parseFhirConsentText, periodUntil } from '../fhir-consent';
import { findRecipients, StoryError, type Answers, type GatewayClient, type Member } from '../story';
import {
  describeConsent,
  findPending,
  findRelation,
  implicitPolicies,
  implicitPolicyNames,
  newRelationToken,
  revokeConsent,
  signConsent,
  type ConsentWish,
  type KeptConsent,
  type Recipient,
  type Wallet,
  type WalletRelation,
} from '../wallet';
import { bringConsent, type Ways, type Wish } from './bring-consent';
import { CliError } from './cli-error';
import { print, usage } from './command';

/** What `wallet consent` was called with. */
export type ConsentCommand = {
  readonly wallet: Wallet;
  /** The relation that was named. */
  readonly named: WalletRelation | undefined;
  readonly members: readonly Member[];
  readonly waysOf: (relation: WalletRelation) => Ways;
  readonly options: {
    readonly policy?: string | undefined;
    readonly fhir?: string | undefined;
    readonly until?: string | undefined;
    readonly 'dry-run': boolean;
    readonly export: boolean;
    readonly json: boolean;
  };
};

/** What is to be signed in one relation; nothing but its end when it revokes. */
type Planned = { readonly relation: WalletRelation; readonly wish: ConsentWish; readonly isRevoked: boolean };
type Plan = { readonly planned: readonly Planned[]; readonly remarks: readonly string[] };

/**
 * Signs a consent by an implicit policy or by a FHIR Consent, after it told it in words, and brings it to the ledger; or tells the consents
 * that the wallet keeps as FHIR.
 */
export async function consent(command: ConsentCommand): Promise<void> {
  const { options } = command;
  if ([options.policy, options.fhir, options.export || undefined].filter((given) => given !== undefined).length !== 1) {
    throw usage('wallet consent needs one of --policy, --fhir and --export.');
  }
  if (options.until !== undefined && options.policy === undefined)
    throw usage('--until goes with --policy: a FHIR Consent has its period.');
  if (options.export) print(JSON.stringify(await exportConsents(command), undefined, 2));
  else await sign(command, options.fhir === undefined ? planPolicy(command) : await planFhir(command, options.fhir));
}

function planPolicy({ wallet, named, options: { policy, until } }: ConsentCommand): Plan {
  const name = implicitPolicyNames.find((one) => one === policy);
  if (name === undefined) throw usage(`--policy must be one of ${implicitPolicyNames.join(', ')}.`);
  const relation = named ?? wallet.relations.at(-1);
  if (relation === undefined) throw noRelation();
  const wish = { sets: [implicitPolicies[name]], validity: until === undefined ? null : periodUntil(until) };
  return { planned: [{ relation, wish, isRevoked: false }], remarks: [] };
}

async function planFhir({ wallet, named, members }: ConsentCommand, file: string): Promise<Plan> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const why = String((error as NodeJS.ErrnoException).code);
    throw new CliError('CONSENT_UNREADABLE', `${file} cannot be read: ${why}.`, 'Name a file with a FHIR R4 Consent in JSON.');
  });
  const relations = named === undefined ? currentRelations(wallet) : [named];
  const mspIds = members.map(({ mspId }) => mspId as WalletRelation['counterparty']);
  const read = parseFhirConsentText(text, { patients: wallet.patients, relations, members: mspIds });
  const planned = read.wishes.flatMap(({ counterparty, ...wish }) =>
    relations
      .filter((relation) => relation.subjectRef === read.subjectRef && relation.counterparty === counterparty)
      .map((relation) => ({ relation, wish, isRevoked: read.status === 'revoked' })),
  );
  return {
    planned,
    remarks: read.unrelated.map((mspId) => `${mspId} has no relation with her: it has nothing, and nothing is signed for it.`),
  };
}

/** The newest relation with each counterparty that is not closed. */
function currentRelations({ relations }: Wallet): readonly WalletRelation[] {
  const open = relations.filter(({ kept }) => kept?.status !== 'closed');
  return [...new Map(open.map((relation) => [`${relation.subjectRef} ${relation.counterparty}`, relation])).values()];
}

async function sign({ wallet, waysOf, options }: ConsentCommand, { planned, remarks }: Plan): Promise<void> {
  const lines: object[] = [];
  let present = wallet;
  if (!options.json) for (const line of [...planned.flatMap(describe), ...remarks]) print(line);
  for (const one of planned) {
    const { relationRef, counterparty } = one.relation;
    const told = { relationRef, counterparty, words: describe(one) };
    if (options['dry-run']) {
      lines.push(told);
      continue;
    }
    const ways = waysOf(one.relation);
    const brought = await bringConsent(ways, present, await newWish(ways, present, one));
    present = brought.wallet;
    const { version, transactionId } = brought;
    lines.push({ ...told, version, transactionId });
    if (!options.json)
      print(`Signed for ${counterparty}: version ${String(version)} of the consent is on the ledger, transaction ${transactionId}.`);
  }
  if (options.json) print(JSON.stringify({ consents: lines, remarks }));
}

function describe({ relation, wish, isRevoked }: Planned): readonly string[] {
  const head = `For ${relation.counterparty}, data at ${relation.custodian}:`;
  return isRevoked
    ? [head, '  Nothing is permitted: the consent is revoked.']
    : [head, ...describeConsent(wish).map((line) => `  ${line}`)];
}

async function newWish(ways: Ways, wallet: Wallet, { relation, wish, isRevoked }: Planned): Promise<Wish> {
  const { relationRef } = relation;
  if (isRevoked) {
    return { relationRef, isMetBy: ({ status }) => status === 'revoked', sign: (present) => revokeConsent(present, relationRef) };
  }
  const recipients = await findSealingKeys(ways, relation);
  const documents = new Set<Commitment | null>(findSame(wallet, relationRef, wish));
  return {
    relationRef,
    isMetBy: ({ status, document }) => status === 'in-force' && documents.has(document),
    sign: async (present) => {
      const signed = await signConsent(present, relationRef, wish, recipients);
      documents.add(headerOf(signed.request.consent).document);
      return signed;
    },
  };
}

/** The document of an earlier attempt that said the same: that one is brought. */
function findSame(wallet: Wallet, relationRef: RelationRef, { sets, validity }: ConsentWish): (Commitment | null)[] {
  const { kept } = findRelation(wallet, relationRef);
  const pending = findPending(wallet, relationRef);
  if (kept === undefined || pending === undefined) return [];
  const header = headerOf(kept.consent);
  const isSame = formatCanonical([kept.sets, header.validity]) === formatCanonical([sets, validity]);
  return isSame && header.document === pending.header.document ? [header.document] : [];
}

function headerOf(jws: string): ReturnType<typeof parseSigned<'consent'>>['payload'] {
  return parseSigned('consent', jws, 'wallet.consent').payload;
}

/** From the first gateway that answers: the keys that it shows are the ledger's. */
function findSealingKeys(ways: Ways, { custodian, counterparty }: WalletRelation): Promise<readonly Recipient[]> {
  return askOne(ways, (client) => findRecipients(client, [{ mspId: custodian }, { mspId: counterparty }]));
}

/** Consents of one patient at one custodian are one, those in force and those that ended apart. */
async function exportConsents({ wallet, named, waysOf }: ConsentCommand): Promise<object> {
  const relations = named === undefined ? currentRelations(wallet) : [named];
  if (relations.length === 0) throw noRelation();
  for (const relation of relations) await assertNewest(waysOf(relation), wallet, relation);
  const groupOf = (relation: WalletRelation): string => `${relation.subjectRef} ${String(keptOf(relation).status === 'in-force')}`;
  const consents = [...new Set(relations.map(groupOf))].flatMap((group) => {
    const resource = exportGroup(relations.filter((relation) => groupOf(relation) === group));
    return resource['resourceType'] === 'Bundle' ? (resource['entry'] as readonly object[]) : [{ resource }];
  });
  const [only, ...more] = consents as readonly { readonly resource: object }[];
  return more.length === 0 && only !== undefined ? only.resource : { resourceType: 'Bundle', type: 'collection', entry: consents };
}

/** What a delegate signed after her the wallet does not have: what she signed stands no longer. */
async function assertNewest(ways: Ways, wallet: Wallet, relation: WalletRelation): Promise<void> {
  const { version } = headerOf(keptOf(relation).consent);
  const { relationRef } = relation;
  const shown = await askOne(ways, async (client, { mspId }) => {
    const token = await newRelationToken(wallet, relationRef, mspId as MspId);
    return (await client.get<Answers['consents']>(`/api/relations/${relationRef}/consents`, { token })).consents;
  });
  const later = shown.find((one) => one.version > version && one.delegation !== null);
  if (later === undefined) return;
  throw new CliError(
    'CONSENT_NOT_KEPT',
    `Version ${String(later.version)} of the consent in the relation ${relationRef} was signed by delegate ${String(later.delegation)}: the wallet does not have it.`,
    'Sign a consent there: from then on it is kept.',
  );
}

/** What the first gateway that answers says. */
async function askOne<T>({ members, clientOf }: Ways, ask: (client: GatewayClient, member: Member) => Promise<T>): Promise<T> {
  let failure: unknown;
  for (const member of members) {
    try {
      return await ask(clientOf(member), member);
    } catch (error) {
      if (!(error instanceof StoryError)) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

function exportGroup(group: readonly WalletRelation[]): ReturnType<typeof formatFhirConsent> {
  const [first] = group as readonly [WalletRelation];
  const headers = group.map((relation) => headerOf(keptOf(relation).consent));
  return formatFhirConsent({
    subjectRef: first.subjectRef,
    custodian: first.custodian,
    status: keptOf(first).status === 'in-force' ? 'in-force' : 'revoked',
    dateTime: headers.map(({ issuedAt }) => issuedAt).reduce((one, other) => (one > other ? one : other)),
    evidence: group.map((relation) => keptOf(relation).consent),
    wishes: group.map((relation, at) => ({
      counterparty: relation.counterparty,
      sets: keptOf(relation).sets,
      validity: headers[at]?.validity ?? null,
    })),
  });
}

function keptOf({ kept, pending, relationRef }: WalletRelation): KeptConsent {
  if (pending !== undefined) {
    throw new CliError(
      'CONSENT_NOT_CONFIRMED',
      `What was signed last in the relation ${relationRef} may not be on the ledger.`,
      'Sign or revoke again: it has one effect.',
    );
  }
  if (kept !== undefined) return kept;
  throw new CliError(
    'CONSENT_NOT_KEPT',
    `The wallet did not keep what was signed in the relation ${relationRef}.`,
    'Sign a consent there: from then on it is kept.',
  );
}

function noRelation(): CliError {
  return new CliError('WALLET_UNKNOWN', 'This wallet has no relation yet.', 'Check in at an organisation first.');
}
