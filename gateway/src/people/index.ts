export type { Account, AccountDetails, AccountRole, Passkey } from './account';
export { Accounts, type Credentials, type SeenAttempt } from './accounts';
export { Clients, type Client } from './clients';
export { formatCodeAddress } from './one-time-code';
export { PasskeyCeremony } from './passkey-ceremony';
export { leastHashCost, type HashCost } from './password';
