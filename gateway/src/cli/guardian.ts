import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseSigned, type SubjectRef } from '@medaccord/chaincode/model';
import { generateSigningKey, type PrivateJwk } from '../crypto';
import { keysCode, signApproval } from '../wallet';
import { CliError } from './cli-error';
import { EXIT, parseOptions, print, required, usage, type Command } from './command';
import { readConnections } from './connections';
import { formatGuardianKey } from './guardian-key';
import { PatientGateways } from './patient-gateways';

const OPTIONS = {
  file: { type: 'string' },
  patient: { type: 'string' },
  connections: { type: 'string' },
  code: { type: 'string' },
  at: { type: 'string' },
} as const;

/** `guardian key|approve`: what somebody does whom a patient trusts. */
export const guardian: Command = async ([action = '', ...argv]) => {
  const values = parseOptions(argv, OPTIONS);
  const file = required(values.file, '--file');
  if (action === 'key') print(formatGuardianKey(await makeKey(file)));
  else if (action === 'approve') {
    const gateways = new PatientGateways(await readConnections(resolve(required(values.connections, '--connections'))), values.at);
    print(await approve(gateways, await readKey(file), required(values.patient, '--patient') as SubjectRef, values.code));
  } else throw usage(`guardian ${action}: must be key or approve.`);
  return EXIT.done;
};

/** Approves when the code that the patient told is the one of the keys that the ledger has. */
async function approve(gateways: PatientGateways, key: PrivateJwk, subjectRef: SubjectRef, code: string | undefined): Promise<string> {
  const recovery = (await gateways.read(subjectRef)).hold?.recovery;
  if (recovery === undefined || recovery === null)
    throw new CliError('RECOVERY_UNKNOWN', 'No recovery of this patient is open.', 'Her custodian opens it.');
  const { keys } = parseSigned('recovery-keys', recovery.keys, 'recovery.keys').payload;
  const asked = await keysCode(keys);
  if (code === undefined)
    throw usage(
      `Ask the patient, in person or by telephone, for the code of her new wallet, and repeat with --code. Until ${recovery.effectiveAt} a veto ends the recovery.`,
    );
  if (code.replaceAll(/\D/g, '') !== asked.replaceAll(' ', ''))
    throw new CliError(
      'CODE_WRONG',
      'The recovery that is open is for other keys.',
      'Do not approve it; tell the patient and her hospital.',
    );
  const transactionId = await gateways.record(await signApproval(key, subjectRef, recovery.opening));
  return `Approved, transaction ${transactionId}. It takes effect after ${recovery.effectiveAt} at the earliest.`;
}

/** The key in a file that only its owner can read; made when there is none. */
async function makeKey(file: string): Promise<PrivateJwk> {
  const text = `${JSON.stringify(await generateSigningKey())}\n`;
  await writeFile(file, text, { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  return readKey(file);
}

async function readKey(file: string): Promise<PrivateJwk> {
  return JSON.parse(await readFile(file, 'utf8')) as PrivateJwk;
}
