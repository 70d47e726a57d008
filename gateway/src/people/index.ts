export type { Account, AccountDetails, AccountRole } from './account';
export { Accounts, type Credentials, type SeenAttempt } from './accounts';
export { Clients, type Client } from './clients';
export { formatCodeAddress } from './one-time-code';
export { leastHashCost, type HashCost } from './password';
