import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { newError } from '../problem';
import type { PeopleTable, SignInTable } from '../store';
import type { Account, AccountDetails } from './account';
import { Attempts, type Attempt } from './attempts';
import { findCodeStep, newCodeSecret } from './one-time-code';
import { PasswordHasher, type HashCost } from './password';

/** How long an invitation can be used. */
const invitationMs = 72 * 3_600_000;
const passwordLength = { least: 12, most: 256 } as const;

export interface AccountsOptions {
  readonly people: PeopleTable;
  readonly signIns: SignInTable;
  readonly hashCost: HashCost;
  readonly now?: () => number;
}

/** What somebody types to sign in. */
export interface Credentials {
  readonly userName: string;
  readonly password: string;
  readonly code: string;
  readonly address: string;
}

/** What somebody types to choose password and authenticator. */
export type Enrolment = Credentials & { readonly invitation: string };

/** The accounts of an organisation's staff: who joins, moves and leaves, and who signs in. */
export class Accounts {
  readonly #people: PeopleTable;
  readonly #signIns: SignInTable;
  readonly #hasher: PasswordHasher;
  readonly #attempts: Attempts;
  readonly #now: () => number;

  constructor({ people, signIns, hashCost, now = () => Date.now() }: AccountsOptions) {
    this.#people = people;
    this.#signIns = signIns;
    this.#hasher = new PasswordHasher(hashCost);
    this.#attempts = new Attempts(signIns, now);
    this.#now = now;
  }

  find(userName: string): Account | undefined {
    return this.#people.find('account', userName) as Account | undefined;
  }

  list(): readonly Account[] {
    return (this.#people.list('account') as Account[]).toSorted((a, b) => (a.userName < b.userName ? -1 : 1));
  }

  /** A joiner. Answers the invitation, which is kept nowhere. @throws CodedError ACCOUNT_EXISTS */
  async add(details: AccountDetails): Promise<string> {
    if (this.find(details.userName) !== undefined) throw newError('ACCOUNT_EXISTS', 'A name is never given twice; choose another');
    const now = this.#now();
    const blank = { active: true, password: null, secret: '', lastStep: 0, invitation: null, createdAt: now, changedAt: now };
    return this.#invite({ ...details, ...blank });
  }

  /** A mover, or with `active: false` a leaver, whose sessions and tokens end at once. @throws CodedError RESOURCE_NOT_FOUND */
  async change(userName: string, changed: Partial<Omit<AccountDetails, 'userName'> & Pick<Account, 'active'>>): Promise<Account> {
    const next: Account = { ...this.#read(userName), ...changed, changedAt: this.#now() };
    const saved = this.#save(next);
    if (!next.active) this.#signIns.removeAccount(userName);
    await saved;
    return next;
  }

  /** A new invitation for whoever lost password or authenticator: both are void, sessions and tokens end. @throws CodedError RESOURCE_NOT_FOUND */
  async reset(userName: string): Promise<string> {
    const invitation = this.#invite({ ...this.#read(userName), password: null, changedAt: this.#now() });
    this.#signIns.removeAccount(userName);
    return invitation;
  }

  /** The secret for the authenticator, to whoever brings the invitation. @throws CodedError SIGN_IN_REFUSED, SIGN_IN_PAUSED */
  openInvitation(userName: string, invitation: string, address: string): string {
    this.#attempts.begin({ userName, address });
    const { secret } = this.#invited(userName, invitation);
    this.#attempts.succeed({ userName, address });
    return secret;
  }

  /** Sets the password that the person chose, with a first code as the proof that the authenticator works. @throws CodedError as above, PASSWORD_WEAK */
  async enrol({ userName, password, code, invitation, address }: Enrolment): Promise<void> {
    const attempt = { userName, address };
    this.#attempts.begin(attempt);
    this.#invited(userName, invitation);
    assertStrong(password, userName);
    const hash = await this.#hasher.hash(password);
    // Read again after waiting: an invitation works once.
    const account = this.#invited(userName, invitation);
    const lastStep = findCodeStep(account.secret, code, account.lastStep, this.#now());
    if (lastStep === undefined) throw refused();
    this.#attempts.succeed(attempt);
    await this.#save({ ...account, password: hash, lastStep, invitation: null, changedAt: this.#now() });
  }

  /**
   * Whoever signs in. What was wrong is never told, nor told by the time it took.
   * @throws CodedError SIGN_IN_REFUSED, SIGN_IN_PAUSED
   */
  async signIn({ userName, password, code, address }: Credentials): Promise<Account> {
    const attempt: Attempt = { userName, address };
    this.#attempts.begin(attempt);
    const isRight = await this.#hasher.verify(password.slice(0, passwordLength.most), this.find(userName)?.password);
    // Read again after waiting: a code works once, and who was disabled meanwhile is.
    const account = this.find(userName);
    const step = findCodeStep(account?.secret || decoySecret, code, account?.lastStep ?? 0, this.#now());
    if (!isRight || step === undefined || account?.active !== true) throw refused();
    const signedIn = { ...account, lastStep: step };
    const saved = this.#save(signedIn);
    this.#attempts.succeed(attempt);
    await saved;
    await this.#strengthen(signedIn, password);
    return signedIn;
  }

  /** A hash of lower cost than is asked for now is made anew while the password is at hand. */
  async #strengthen({ userName, password: before }: Account, password: string): Promise<void> {
    if (before === null || !this.#hasher.isWeak(before)) return;
    const hash = await this.#hasher.hash(password);
    const now = this.find(userName);
    if (now?.password === before) await this.#save({ ...now, password: hash });
  }

  #invited(userName: string, invitation: string): Account {
    const account = this.find(userName);
    const hash = Buffer.from(hashOf(invitation), 'base64url');
    const isRight = timingSafeEqual(hash, Buffer.from(account?.invitation?.hash ?? hashOf(''), 'base64url'));
    if (account?.active !== true || account.invitation === null || !isRight || account.invitation.until < this.#now()) throw refused();
    return account;
  }

  async #invite(account: Account): Promise<string> {
    const invitation = randomBytes(16).toString('base64url');
    const until = this.#now() + invitationMs;
    await this.#save({ ...account, secret: newCodeSecret(), lastStep: 0, invitation: { hash: hashOf(invitation), until } });
    return invitation;
  }

  #read(userName: string): Account {
    const account = this.find(userName);
    if (account === undefined) throw newError('RESOURCE_NOT_FOUND', 'There is no account of that name');
    return account;
  }

  #save(account: Account): Promise<void> {
    return this.#people.save('account', account.userName, account);
  }
}

/** As long as a real one, so that names without an account cost the same. */
const decoySecret = newCodeSecret();

function assertStrong(password: string, userName: string): void {
  const { least, most } = passwordLength;
  if (password.length < least || password.length > most)
    throw newError('PASSWORD_WEAK', `A password has ${String(least)} to ${String(most)} characters`);
  if (password.toLowerCase().includes(userName.toLowerCase()) || new Set(password).size < 5)
    throw newError('PASSWORD_WEAK', 'A password holds neither the name of the account nor the same few characters again and again');
}

function hashOf(invitation: string): string {
  return createHash('sha256').update(invitation).digest('base64url');
}

function refused(): Error {
  return newError('SIGN_IN_REFUSED', 'That did not fit together. Check name, password and code, and try again');
}
