import { resolve } from 'node:path';
import { parseSigned, type RelationRef, type SubjectRef } from '@medaccord/chaincode/model';
import { StoryError } from '../story';
import {
  addPatient,
  askRecovery,
  closeByRecovery,
  deriveRecoverySeed,
  findRecoveryKey,
  keysCode,
  newWallet,
  recoverPatient,
  signGuardians,
  signVeto,
  signVetoByRecovery,
  type Wallet,
} from '../wallet';
import { readWalletFile, writeWalletFile } from '../wallet/wallet-file';
import { CliError } from './cli-error';
import { EXIT, parseOptions, print, required, usage, type Command } from './command';
import { readConnections } from './connections';
import { parseGuardianKey } from './guardian-key';
import { PatientGateways } from './patient-gateways';

const OPTIONS = {
  connections: { type: 'string' },
  wallet: { type: 'string' },
  patient: { type: 'string' },
  relation: { type: 'string' },
  threshold: { type: 'string' },
  guardian: { type: 'string', multiple: true },
  at: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

type Called = {
  readonly gateways: PatientGateways;
  readonly file: string;
  readonly passphrase: string | undefined;
  /** Nothing when there is no such file yet. */
  readonly wallet: Wallet | undefined;
  readonly recoverySeed: string | undefined;
  readonly options: {
    readonly patient?: string | undefined;
    readonly relation?: string | undefined;
    readonly threshold?: string | undefined;
    readonly guardian?: readonly string[] | undefined;
  };
};

/** What an action tells: a line for people, facts for `--json`. */
type Told = { readonly line: string; readonly facts: object };

const ACTIONS: Readonly<Record<string, (called: Called) => Promise<Told>>> = { show, paper, guardians, veto, keys, close, ask };

/** `wallet recover ACTION`: a patient's way when keys are lost. */
export const recover: Command = async ([action = 'show', ...argv], config) => {
  const run = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (run === undefined) throw usage(`wallet recover ${action}: must be one of ${Object.keys(ACTIONS).join(', ')}.`);
  const { connections, wallet: named, at, json, ...options } = parseOptions(argv, OPTIONS);
  const file = required(named, '--wallet');
  const gateways = new PatientGateways(await readConnections(resolve(required(connections, '--connections'))), at);
  const { walletPassphrase: passphrase, recoverySeed } = config;
  const { line, facts } = await run({ gateways, file, passphrase, wallet: await readIfThere(file, passphrase), recoverySeed, options });
  print(json ? JSON.stringify(facts) : line);
  return EXIT.done;
};

async function show(called: Called): Promise<Told> {
  const state = await called.gateways.read(patientOf(called));
  const { guardians: named, hold } = state;
  const lines = [
    `patient    ${state.subjectRef}  at ${state.custodian}`,
    `guardians  ${named === null || named.keys.length === 0 ? 'none' : `${String(named.threshold)} of ${String(named.keys.length)}`}`,
    `hold       ${hold === null ? 'none' : `since ${hold.at}`}`,
    `recovery   ${formatRecovery(hold)}`,
    ...state.steps.map(({ kind, transactionId }) => `  ${kind.padEnd(20)} ${transactionId}`),
  ];
  return { line: lines.join('\n'), facts: state };
}

function formatRecovery(hold: Awaited<ReturnType<PatientGateways['read']>>['hold']): string {
  if (hold?.recovery === undefined || hold.recovery === null) return 'none';
  const { effectiveAt, approvals, isApproved } = hold.recovery;
  return `open, ${String(approvals.length)} approvals${isApproved ? ' (enough)' : ''}; a veto ends it until ${effectiveAt}`;
}

async function paper(called: Called): Promise<Told> {
  const recoverySeed = await deriveRecoverySeed(walletOf(called).seed);
  return {
    line: `${recoverySeed}\nKeep it on paper: it can close relations and replace your keys, nothing else.`,
    facts: { recoverySeed },
  };
}

async function guardians(called: Called): Promise<Told> {
  const { threshold, guardian = [] } = called.options;
  const subjectRef = patientOf(called);
  const named = { threshold: Number(threshold ?? Math.max(guardian.length, 1)), keys: guardian.map(parseGuardianKey) };
  const { jws } = await called.gateways.read(subjectRef);
  const transactionId = await called.gateways.record(await signGuardians(walletOf(called), subjectRef, jws, named));
  const line = `${String(named.threshold)} of ${String(named.keys.length)} guardians can approve a recovery, transaction ${transactionId}.`;
  return { line, facts: { subjectRef, ...named, transactionId } };
}

async function veto(called: Called): Promise<Told> {
  const subjectRef = patientOf(called);
  const { jws, keys: present } = await called.gateways.read(subjectRef);
  const { recoverySeed } = called;
  const statement =
    recoverySeed === undefined
      ? await signVeto(walletOf(called), subjectRef, jws)
      : await signVetoByRecovery(recoverySeed, subjectRef, jws, present.recovery);
  const transactionId = await called.gateways.record(statement);
  return { line: `The hold and any recovery under it are ended, transaction ${transactionId}.`, facts: { subjectRef, transactionId } };
}

/** A wallet, new or there already, takes the patient over with the recovery seed of the one that is lost. */
async function keys(called: Called): Promise<Told> {
  const subjectRef = patientOf(called);
  const recoverySeed = seedOf(called);
  const { jws, custodian, keys: present } = await called.gateways.read(subjectRef);
  const { generation } = await findRecoveryKey(recoverySeed, subjectRef, present.recovery);
  const wallet = addPatient(called.wallet ?? newWallet(), subjectRef, custodian);
  await writeWalletFile(called.file, wallet, called.passphrase);
  const replacement = await recoverPatient(recoverySeed, subjectRef, { wallet, current: jws, generation });
  const transactionId = await called.gateways.record(replacement);
  const line = `The keys of ${called.file} are the patient's, transaction ${transactionId}. Check in anew where you want to go on.`;
  return { line, facts: { subjectRef, transactionId } };
}

/** The number of the version to sign is looked for: the paper has no token to read the relation with. */
async function close(called: Called): Promise<Told> {
  const relationRef = required(called.options.relation, '--relation') as RelationRef;
  const recoverySeed = seedOf(called);
  for (let version = 2; ; version += 1) {
    const request = await closeByRecovery(recoverySeed, relationRef, version);
    try {
      const { transactionId } = await called.gateways.ask((client) => client.post<{ transactionId: string }>('/api/consents', request));
      const line = `Closed for good: version ${String(version)} of the consent is on the ledger, transaction ${transactionId}.`;
      return { line, facts: { relationRef, version, transactionId } };
    } catch (error) {
      if (!(error instanceof StoryError) || error.code !== 'CONSENT_VERSION_TAKEN') throw error;
    }
  }
}

async function ask(called: Called): Promise<Told> {
  const subjectRef = patientOf(called);
  const { custodian } = await called.gateways.read(subjectRef);
  const { wallet, statement } = await askRecovery(called.wallet ?? newWallet(), { subjectRef, custodian });
  await writeWalletFile(called.file, wallet, called.passphrase);
  const code = await keysCode(parseSigned('recovery-keys', statement, 'keys').payload.keys);
  const line = `${statement}\nBring this to a registrar of ${custodian}. Tell your guardians the code ${code}.`;
  return { line, facts: { subjectRef, keys: statement, code } };
}

function patientOf({ options, wallet }: Called): SubjectRef {
  return required(options.patient ?? wallet?.patients.at(-1)?.subjectRef, '--patient') as SubjectRef;
}

function walletOf({ wallet, file }: Called): Wallet {
  if (wallet === undefined) throw new CliError('WALLET_UNKNOWN', `There is no wallet ${file}.`, 'Name the wallet by --wallet.');
  return wallet;
}

function seedOf({ recoverySeed }: Called): string {
  if (recoverySeed === undefined) throw usage('MEDACCORD_RECOVERY_SEED is required: the seed from paper.');
  return recoverySeed;
}

async function readIfThere(file: string, passphrase: string | undefined): Promise<Wallet | undefined> {
  try {
    return await readWalletFile(file, passphrase);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
