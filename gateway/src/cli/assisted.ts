import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  addMinutes,
  formatInstant,
  noticeChannels,
  parseConsentSets,
  type ConsentSet,
  type MspId,
  type Period,
  type RelationRef,
} from '@medaccord/chaincode/model';
import { periodUntil } from '../fhir-consent';
import type { Answers } from '../story';
import {
  assistedValidity,
  checkIn,
  describeConsent,
  implicitPolicies,
  implicitPolicyNames,
  newCard,
  registerPatient,
  revokeConsent,
  signConsent,
} from '../wallet';
import { CliError } from './cli-error';
import { EXIT, parseOptions, print, required, usage, type Command } from './command';
import { readConnections } from './connections';
import { Desk, readKinds } from './desk';
import { readDraft } from './preview';

const OPTIONS = {
  connections: { type: 'string' },
  at: { type: 'string' },
  details: { type: 'string' },
  counterparty: { type: 'string' },
  kind: { type: 'string', multiple: true },
  relation: { type: 'string' },
  policy: { type: 'string' },
  document: { type: 'string' },
  until: { type: 'string' },
  version: { type: 'string' },
  channel: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

type Options = ReturnType<typeof parseOptions<typeof OPTIONS>>;
/** What was done: for programs, and in words. */
type Done = { readonly result: object; readonly words: readonly string[] };

const DAYS_OF_A_CONSENT = 365;

const ACTIONS: Readonly<Record<string, (desk: Desk, options: Options) => Promise<Done>>> = {
  register,
  'check-in': checkInByCard,
  consent,
  revoke,
  notices,
  notice,
  end,
};

/** `assisted card|register|check-in|consent|revoke|notices|notice|end`: the desk for people without devices. It stores nothing. */
export const assisted: Command = async ([action = '', ...argv], config) => {
  if (action === 'card') return card(argv);
  const run = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (run === undefined) throw usage(`assisted ${action}: must be one of card, ${Object.keys(ACTIONS).join(', ')}.`);
  const options = parseOptions(argv, OPTIONS);
  const connections = await readConnections(resolve(required(options.connections, '--connections')));
  const { result, words } = await run(new Desk(required(options.at, '--at') as MspId, connections, config), options);
  if (options.json) print(JSON.stringify(result));
  else for (const line of words) print(line);
  return EXIT.done;
};

async function card(argv: readonly string[]): Promise<number> {
  parseOptions(argv, {});
  print(await newCard());
  return EXIT.done;
}

async function register(desk: Desk, options: Options): Promise<Done> {
  const details = await readDetails(required(options.details, '--details'));
  const { registration, subjectRef } = await registerPatient(await desk.openCard().then(withoutPatients), desk.mspId, 'custodian', {
    assisted: true,
  });
  const { transactionId } = await desk.client.post<Answers['patient']>('/api/patients', { registration, details }, desk.staff);
  return { result: { subjectRef, transactionId }, words: [`Registered with the card as ${subjectRef}, transaction ${transactionId}.`] };
}

/** The first registration of a card is the one that it is opened with. */
function withoutPatients<T extends object>(wallet: T): T & { readonly patients: readonly [] } {
  return { ...wallet, patients: [] };
}

async function checkInByCard(desk: Desk, options: Options): Promise<Done> {
  const counterparty = required(options.counterparty, '--counterparty') as MspId;
  const wallet = await desk.openRelations(counterparty);
  const [patient] = wallet.patients;
  if (patient === undefined) throw usage('The card is of nobody.');
  const wish = { subjectRef: patient.subjectRef, counterparty, kinds: readKinds(options.kind ?? ['care']) };
  const validity = await validityOf(desk, options);
  const { relationRef, request } = await checkIn(wallet, { ...wish, assisted: { validity } }, await desk.recipients(counterparty));
  const { transactionId } = await desk.client.post<Answers['relation']>('/api/assisted/relations', request, desk.staff);
  return {
    result: { relationRef, counterparty, transactionId },
    words: [
      `Checked in at ${counterparty}: relation ${relationRef}, transaction ${transactionId}. Nothing is permitted yet.`,
      'Write the relation on the paper that she takes home: by it any member ends what she permits.',
    ],
  };
}

async function consent(desk: Desk, options: Options): Promise<Done> {
  const { wallet, relation } = await desk.openRelation(relationOf(options));
  const wish = { sets: await readSets(options), validity: await validityOf(desk, options) };
  const told = describeConsent(wish);
  const { relationRef, counterparty } = relation;
  const { request } = await signConsent(wallet, relationRef, wish, await desk.recipients(counterparty));
  const { version, transactionId } = await desk.client.post<Answers['consent']>('/api/assisted/consents', request, desk.staff);
  return {
    result: { relationRef, version, transactionId, words: told },
    words: [
      `For ${counterparty}:`,
      ...told.map((line) => `  ${line}`),
      `Signed with the card: version ${String(version)} is on the ledger, transaction ${transactionId}.`,
      'It permits nothing until another person has told her and the delay of the rules is over. Sensitive data it never opens.',
    ],
  };
}

async function revoke(desk: Desk, options: Options): Promise<Done> {
  const { wallet, relation } = await desk.openRelation(relationOf(options));
  const { relationRef } = relation;
  const { request } = await revokeConsent(wallet, relationRef);
  const { version, transactionId } = await desk.client.post<Answers['consent']>('/api/consents', request);
  return { result: { relationRef, version, transactionId }, words: [`Revoked with the card, transaction ${transactionId}.`] };
}

async function notices(desk: Desk): Promise<Done> {
  const result = await desk.client.get<Answers['notices']>('/api/notices', desk.staff);
  const lines = result.notices.map(
    ({ relationRef, version, recordedAt, validFrom }) =>
      `${relationRef}  version ${String(version)}  signed ${recordedAt}, counts from ${validFrom} or later`,
  );
  return { result, words: lines.length === 0 ? ['Nobody waits to be told.'] : lines };
}

async function notice(desk: Desk, options: Options): Promise<Done> {
  const channel = noticeChannels.find((known) => known === options.channel);
  if (channel === undefined) throw usage(`--channel must be one of ${noticeChannels.join(', ')}.`);
  const version = Number(required(options.version, '--version'));
  const path = `/api/relations/${relationOf(options)}/notices`;
  const result = await desk.client.post<Answers['notice']>(path, { version, channel }, desk.staff);
  return { result, words: [`The notice is on the ledger: version ${String(version)} counts from ${result.effectiveAt}.`] };
}

async function end(desk: Desk, options: Options): Promise<Done> {
  const result = await desk.client.post<Answers['end']>(`/api/relations/${relationOf(options)}/end`, {}, desk.staff);
  return {
    result,
    words: [`Ended: no version up to ${String(result.version)} permits anything any more, transaction ${result.transactionId}.`],
  };
}

function relationOf({ relation }: Options): RelationRef {
  return required(relation, '--relation') as RelationRef;
}

/** From the delay of the rules on, a year long unless it is said until when. */
async function validityOf(desk: Desk, { until }: Options): Promise<Period> {
  const now = formatInstant(Date.now());
  const end = until === undefined ? addMinutes(now, DAYS_OF_A_CONSENT * 24 * 60) : periodUntil(until).until;
  return assistedValidity(now, await desk.readDelay(), end);
}

async function readSets({ policy, document }: Options): Promise<readonly ConsentSet[]> {
  if ((policy === undefined) === (document === undefined)) throw usage('assisted consent needs one of --policy and --document.');
  if (document !== undefined) return parseConsentSets(((await readDraft(document)) as { sets?: unknown }).sets, 'document.sets');
  const name = implicitPolicyNames.find((one) => one === policy);
  if (name === undefined) throw usage(`--policy must be one of ${implicitPolicyNames.join(', ')}.`);
  return [implicitPolicies[name]];
}

async function readDetails(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is not JSON' : ((error as NodeJS.ErrnoException).code ?? String(error));
    throw new CliError(
      'DETAILS_UNREADABLE',
      `${file} cannot be read: ${why}.`,
      'Name a file such as {"name": "...", "birthDate": "1931-05-04"}.',
    );
  }
}
