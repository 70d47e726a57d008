const MEMBERS = ['northside', 'lakeview', 'unity', 'authority'];

/** What may be killed at any moment: the ledger, and every member's chaincode and gateway in the default topology. */
export const KILLABLE: readonly string[] = [
  'ledger',
  ...MEMBERS.map((name) => `chaincode-${name}`),
  ...MEMBERS.map((name) => `gateway-${name}`),
];
