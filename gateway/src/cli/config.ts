import { join } from 'node:path';

/** The plan by which the story's insurer pays. */
export const SAMPLE_PLAN = join(__dirname, '../../samples/demonstration-plan.json');

/** What the command line takes from its surroundings, read once. */
export type CliConfig = {
  /** Opens a locked wallet file (MEDACCORD_WALLET_PASSPHRASE). */
  readonly walletPassphrase: string | undefined;
  /** What stands on a patient's card (MEDACCORD_CARD), at a desk. */
  readonly card?: string | undefined;
  /** The bearer token of whoever works at a desk (MEDACCORD_STAFF_TOKEN). */
  readonly staffToken?: string | undefined;
  /** The folder of an organisation's keys (MEDACCORD_KEYS, or below MEDACCORD_DATA), if it is not in the data folder of the connection document. */
  readonly keys?: string | undefined;
  /** The recovery seed from paper, for `wallet recover` (MEDACCORD_RECOVERY_SEED). */
  readonly recoverySeed?: string | undefined;
  readonly colour: boolean;
  readonly isTerminal: boolean;
  /** The bundle that the story imports when none is named. */
  readonly sampleBundle: string;
  /** How to call this program again from the present folder. */
  readonly program: string;
};

/** The only reader of the environment in the command line. */
export function loadCliConfig(env: Readonly<NodeJS.ProcessEnv>): CliConfig {
  return {
    walletPassphrase: env['MEDACCORD_WALLET_PASSPHRASE'],
    card: env['MEDACCORD_CARD'],
    staffToken: env['MEDACCORD_STAFF_TOKEN'],
    keys: env['MEDACCORD_KEYS'] ?? (env['MEDACCORD_DATA'] && join(env['MEDACCORD_DATA'], 'keys')),
    recoverySeed: env['MEDACCORD_RECOVERY_SEED'],
    colour: process.stdout.isTTY && env['NO_COLOR'] === undefined,
    isTerminal: process.stdout.isTTY,
    sampleBundle: join(__dirname, '../../samples/diabetes-follow-up.json'),
    program: `${process.execPath} ${join(__dirname, 'main.js')}`,
  };
}
