import { TEST_LEDGER } from '../../../../network/test/support/test-ledger';

const MEMBERS = ['northside', 'lakeview', 'unity', 'authority'];

/** What may be killed at any moment: the ledger, and every member's chaincode and gateway in the default topology. */
export const KILLABLE: readonly string[] = [
  ...(TEST_LEDGER === 'devnet' ? ['ledger'] : MEMBERS.flatMap((name) => [`orderer-${name}`, `peer-${name}`])),
  ...MEMBERS.map((name) => `chaincode-${name}`),
  ...MEMBERS.map((name) => `gateway-${name}`),
];
