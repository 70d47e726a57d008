import { LEDGER_NAMES, type LedgerName, type Topology } from '../../src/topology';

/** The ledger that integration tests run on: the devnet, unless MEDACCORD_TEST_LEDGER names another. */
export const TEST_LEDGER = readTestLedger(process.env['MEDACCORD_TEST_LEDGER'] ?? '');

/** What brings the commands of a test's network to that ledger. */
export const LEDGER_OPTIONS: readonly string[] = ['--ledger', TEST_LEDGER];

/** Marks tests that can run on the devnet alone; `why` says what they need that no other ledger has. On another ledger they are skipped. */
export function onDevnetAlone(why: string): TestDoors {
  return onLedgerAlone('devnet', why);
}

/** Marks tests of what only Fabric has; `why` says what that is. On another ledger they are skipped. */
export function onFabricAlone(why: string): TestDoors {
  return onLedgerAlone('fabric', why);
}

interface TestDoors {
  readonly test: typeof test;
  readonly describe: typeof describe;
}

function onLedgerAlone(ledger: LedgerName, _why: string): TestDoors {
  // eslint-disable-next-line no-restricted-syntax -- the one place where tests are left out, each with its reason
  return TEST_LEDGER === ledger ? { test, describe } : { test: test.skip, describe: describe.skip };
}

/** Names of the processes that carry the ledger. */
export function listLedgerProcesses({ ledger, organisations }: Topology): string[] {
  if (ledger === 'devnet') return ['ledger'];
  return organisations.flatMap(({ name, nodes }) => [`peer-${name}`, ...(nodes.orderer === undefined ? [] : [`orderer-${name}`])]);
}

function readTestLedger(text: string): LedgerName {
  if (text === '') return 'devnet';
  const ledger = LEDGER_NAMES.find((name) => name === text);
  if (ledger === undefined) throw new Error(`MEDACCORD_TEST_LEDGER=${text}: must be ${LEDGER_NAMES.join(' or ')}`);
  return ledger;
}
