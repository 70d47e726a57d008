import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { mayBeLimited } from '../auth';
import { newError, readCode } from '../problem';
import type { PeopleTable, SignInTable } from '../store';
import type { Account, AccountDetails, Passkey } from './account';
import { Attempts, type Attempt } from './attempts';
import { findCodeStep, newCodeSecret } from './one-time-code';
import { parsePasskeyAnswer, refused, type PasskeyCeremony } from './passkey-ceremony';
import { PasswordHasher, type HashCost } from './password';

/** How long an invitation can be used. */
const invitationMs = 72 * 3_600_000;
const passwordLength = { least: 12, most: 256 } as const;
const passkeysAtMost = 20;
/** A refusal takes this long and no less, whatever is written down of it, in milliseconds. */
const refusalMs = 20;

/** An attempt to get into an account, or to choose what gets into it; with what it was refused by. */
export interface SeenAttempt {
  readonly event: 'login' | 'account';
  readonly account: Account;
  readonly error?: unknown;
}

export interface AccountsOptions {
  readonly people: PeopleTable;
  readonly signIns: SignInTable;
  readonly hashCost: HashCost;
  readonly passkeys: PasskeyCeremony;
  /** Resolves when the outcome of an attempt may be told. */
  readonly onAttempt: (attempt: SeenAttempt) => Promise<void>;
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

/** What a browser answers to a page, as text, and what the person calls the passkey that comes of it. */
export interface PasskeyGiven {
  readonly answer: string;
  readonly name: string;
}

/** The accounts of an organisation's staff: who joins, moves and leaves, and who signs in. */
export class Accounts {
  readonly #people: PeopleTable;
  readonly #signIns: SignInTable;
  readonly #hasher: PasswordHasher;
  readonly #attempts: Attempts;
  readonly #passkeys: PasskeyCeremony;
  readonly #onAttempt: AccountsOptions['onAttempt'];
  readonly #now: () => number;

  constructor({ people, signIns, hashCost, passkeys, onAttempt, now = () => Date.now() }: AccountsOptions) {
    this.#people = people;
    this.#signIns = signIns;
    this.#hasher = new PasswordHasher(hashCost);
    this.#attempts = new Attempts(signIns, now);
    this.#passkeys = passkeys;
    this.#onAttempt = onAttempt;
    this.#now = now;
  }

  async find(userName: string): Promise<Account | undefined> {
    return (await this.#people.find('account', userName)) as Account | undefined;
  }

  async list(): Promise<readonly Account[]> {
    return ((await this.#people.list('account')) as Account[]).toSorted((a, b) => (a.userName < b.userName ? -1 : 1));
  }

  /** A joiner. Answers the invitation, which is kept nowhere. @throws CodedError ACCOUNT_EXISTS, REQUEST_INVALID */
  async add(details: AccountDetails): Promise<string> {
    assertReach(details);
    const now = this.#now();
    const { invitation, fields } = newInvitation(now);
    const account: Account = { ...details, active: true, ...fields, createdAt: now, changedAt: now };
    if (!(await this.#people.add('account', details.userName, account)))
      throw newError('ACCOUNT_EXISTS', 'A name is never given twice; choose another');
    return invitation;
  }

  /** A mover, or with `active: false` a leaver, whose sessions and tokens end at once. @throws CodedError RESOURCE_NOT_FOUND, REQUEST_INVALID */
  async change(userName: string, changed: Partial<Omit<AccountDetails, 'userName'> & Pick<Account, 'active'>>): Promise<Account> {
    const next = await this.#change(userName, (account) => {
      const moved = { ...account, ...changed, changedAt: this.#now() };
      assertReach(moved);
      return moved;
    });
    // Also of whoever comes back: what another gateway was about to keep while she left is not revived.
    if (changed.active !== undefined) await this.#signIns.removeAccount(userName);
    return next;
  }

  /** A new invitation for whoever lost what she signs in with: all of it is void, sessions and tokens end. @throws CodedError RESOURCE_NOT_FOUND */
  async reset(userName: string): Promise<string> {
    const { invitation, fields } = newInvitation(this.#now());
    let { passkeys }: Pick<Account, 'passkeys'> = {};
    await this.#change(userName, (account) => {
      ({ passkeys } = account);
      return { ...account, ...fields, changedAt: this.#now() };
    });
    for (const { id } of passkeys ?? []) await this.#people.remove('passkey', id);
    await this.#signIns.removeAccount(userName);
    return invitation;
  }

  /** Ends whatever the account holds now: sessions, grants, tokens and open pages. @throws CodedError RESOURCE_NOT_FOUND */
  async endSessions(userName: string): Promise<void> {
    if ((await this.find(userName)) === undefined) throw unknown();
    await this.#signIns.removeAccount(userName);
  }

  /** The secret for the authenticator, to whoever brings the invitation. @throws CodedError SIGN_IN_REFUSED, SIGN_IN_PAUSED */
  async openInvitation(userName: string, invitation: string, address: string): Promise<string> {
    return this.#attempt('account', { userName, address }, async () => this.#readInvited(await this.find(userName), invitation).secret);
  }

  /** Sets the password that the person chose, with a first code as the proof that the authenticator works. @throws CodedError as above, PASSWORD_WEAK */
  async enrol({ userName, password, code, invitation, address }: Enrolment): Promise<void> {
    await this.#attempt('account', { userName, address }, async () => {
      this.#readInvited(await this.find(userName), invitation);
      assertStrong(password, userName);
      const hash = await this.#hasher.hash(password);
      await this.#change(userName, (now) => {
        // Looked at again after waiting: an invitation works once.
        const account = this.#readInvited(now, invitation);
        const lastStep = findCodeStep(account.secret, code, account.lastStep, this.#now());
        if (lastStep === undefined) throw refused();
        return { ...account, password: hash, lastStep, invitation: null, changedAt: this.#now() };
      });
    });
  }

  /**
   * Whoever signs in. What was wrong is never told, nor told by the time it took.
   * @throws CodedError SIGN_IN_REFUSED, SIGN_IN_PAUSED
   */
  async signIn({ userName, password, code, address }: Credentials): Promise<Account> {
    const signedIn = await this.#attempt('login', { userName, address }, async () => {
      const known = await this.find(userName);
      const isRight = await this.#hasher.verify(password.slice(0, passwordLength.most), known?.password);
      const step = findCodeStep(known?.secret || decoySecret, code, known?.lastStep ?? 0, this.#now());
      if (!isRight || step === undefined) throw refused();
      return this.#change(userName, (account) => {
        // Looked at again after waiting: a code works once, and who was disabled or reset meanwhile is.
        if (!account.active || account.password !== known?.password || account.lastStep >= step) throw refused();
        return { ...account, lastStep: step };
      });
    });
    await this.#strengthen(signedIn, password);
    return signedIn;
  }

  /** Makes a passkey of the browser's answer the way in of whoever brings the invitation. @throws CodedError SIGN_IN_REFUSED, SIGN_IN_PAUSED */
  async enrolPasskey({ userName, invitation, address, ...given }: PasskeyGiven & Omit<Enrolment, 'password' | 'code'>): Promise<void> {
    await this.#attempt('account', { userName, address }, async () => {
      this.#readInvited(await this.find(userName), invitation);
      // Looked at again after waiting: an invitation works once.
      await this.#addPasskey(userName, given, (now) => ({ ...this.#readInvited(now, invitation), invitation: null }));
    });
  }

  /** What a browser is asked for another passkey of this person; nothing where there are none. */
  async askForNewPasskey(userName: string): Promise<object | undefined> {
    if (!this.#passkeys.isOffered) return undefined;
    return this.#passkeys.askForNew(userName, (await this.find(userName))?.passkeys ?? []);
  }

  /** One more for a person who is signed in. @throws CodedError SIGN_IN_REFUSED */
  async addPasskey(userName: string, given: PasskeyGiven): Promise<void> {
    await this.#addPasskey(userName, given, (account) => account);
    await this.#show('account', { userName });
  }

  /** One of hers; of any other nothing happens. @throws CodedError REQUEST_INVALID when she could not sign in any more */
  async removePasskey(userName: string, id: string): Promise<void> {
    if (findPasskey(await this.find(userName), id) === undefined) return;
    await this.#change(userName, (account) => {
      const passkeys = (account.passkeys ?? []).filter((one) => one.id !== id);
      if (account.password === null && passkeys.length === 0)
        throw newError('REQUEST_INVALID', 'The last passkey stays: without it there is no way in');
      return { ...account, passkeys, changedAt: this.#now() };
    });
    await this.#people.remove('passkey', id);
    await this.#show('account', { userName });
  }

  /** What a browser is asked for a passkey on this page; nothing where there are none. */
  async askForPasskey(place: string): Promise<object | undefined> {
    return this.#passkeys.isOffered ? this.#passkeys.ask(place) : undefined;
  }

  /**
   * Whoever signs in with a passkey, on the page that asked. Counted like passwords, for a passkey that is nobody's, too.
   * @throws CodedError SIGN_IN_REFUSED, SIGN_IN_PAUSED
   */
  async signInWithPasskey({ answer: text, place, address }: { answer: string; place: string; address: string }): Promise<Account> {
    const answer = parsePasskeyAnswer(text);
    const owner = (await this.#people.find('passkey', answer.id)) as { readonly userName: string } | undefined;
    const { userName = `passkey ${answer.id}` } = owner ?? {};
    return this.#attempt('login', { userName, address }, async () => {
      const passkey = findPasskey(await this.find(userName), answer.id);
      if (passkey === undefined) throw refused();
      const counter = await this.#passkeys.verify(answer, { place, userName, passkey });
      return this.#change(userName, (account) => {
        // Looked at again after waiting: whoever was disabled or reset meanwhile is, and no counter is taken twice.
        const now = findPasskey(account, passkey.id);
        if (!account.active || now === undefined || (Math.max(counter, now.counter) > 0 && counter <= now.counter)) throw refused();
        const used = { ...now, counter, usedAt: this.#now() };
        return { ...account, passkeys: (account.passkeys ?? []).map((one) => (one.id === used.id ? used : one)) };
      });
    });
  }

  async #addPasskey(userName: string, { answer, name }: PasskeyGiven, next: (before: Account) => Account): Promise<void> {
    const fresh = await this.#passkeys.readNew(userName, parsePasskeyAnswer(answer));
    // First of all it is hers alone: no other account ever gets in by it.
    if (!(await this.#people.add('passkey', fresh.id, { userName }))) throw refused();
    const passkey: Passkey = { ...fresh, name: name.slice(0, 64) || 'Passkey', createdAt: this.#now(), usedAt: null };
    await this.#change(userName, (before) => {
      const account = next(before);
      const passkeys = [...(account.passkeys ?? []), passkey];
      if (!account.active || passkeys.length > passkeysAtMost) throw refused();
      return { ...account, passkeys, changedAt: this.#now() };
    });
  }

  /** Counts an attempt, and tells its outcome after whoever watches has seen it, if there is such an account. */
  async #attempt<T>(event: SeenAttempt['event'], attempt: Attempt, work: () => Promise<T>): Promise<T> {
    try {
      await this.#attempts.begin(attempt);
      const done = await work();
      await this.#attempts.succeed(attempt);
      await this.#show(event, attempt);
      return done;
    } catch (error) {
      // What is written down takes time, which must not tell that there is an account.
      if (refusals.includes(readCode(error) ?? '')) await Promise.all([this.#show(event, attempt, error), delay(refusalMs)]);
      throw error;
    }
  }

  async #show(event: SeenAttempt['event'], { userName }: Pick<Attempt, 'userName'>, error?: unknown): Promise<void> {
    const account = await this.find(userName);
    if (account !== undefined) await this.#onAttempt({ event, account, error });
  }

  /** A hash of lower cost than is asked for now is made anew while the password is at hand. */
  async #strengthen({ userName, password: before }: Account, password: string): Promise<void> {
    if (before === null || !this.#hasher.isWeak(before)) return;
    const hash = await this.#hasher.hash(password);
    await this.#change(userName, (account) => (account.password === before ? { ...account, password: hash } : account));
  }

  #readInvited(account: Account | undefined, invitation: string): Account {
    const hash = Buffer.from(hashOf(invitation), 'base64url');
    const isRight = timingSafeEqual(hash, Buffer.from(account?.invitation?.hash ?? hashOf(''), 'base64url'));
    if (account?.active !== true || account.invitation === null || !isRight || account.invitation.until < this.#now()) throw refused();
    return account;
  }

  /** @throws CodedError RESOURCE_NOT_FOUND, and what `next` throws */
  async #change(userName: string, next: (before: Account) => Account): Promise<Account> {
    const account = await this.#people.change('account', userName, next);
    if (account === undefined) throw unknown();
    return account;
  }
}

/** An invitation, and what it makes of an account: whatever it signed in with is void. */
function newInvitation(now: number): {
  readonly invitation: string;
  readonly fields: Pick<Account, 'password' | 'secret' | 'lastStep' | 'passkeys' | 'invitation'>;
} {
  const invitation = randomBytes(16).toString('base64url');
  const kept = { hash: hashOf(invitation), until: now + invitationMs };
  return { invitation, fields: { password: null, secret: newCodeSecret(), lastStep: 0, passkeys: [], invitation: kept } };
}

const refusals = ['SIGN_IN_REFUSED', 'SIGN_IN_PAUSED'];

/** As long as a real one, so that names without an account cost the same. */
const decoySecret = newCodeSecret();

/** Of others nothing would be limited. */
function assertReach({ role, reach }: Pick<AccountDetails, 'role' | 'reach'>): void {
  if (reach !== null && !mayBeLimited(role)) throw newError('REQUEST_INVALID', 'body.reach: physicians and nurses alone have one');
}

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

function unknown(): Error {
  return newError('RESOURCE_NOT_FOUND', 'There is no account of that name');
}

function findPasskey(account: Account | undefined, id: string): Passkey | undefined {
  return account?.passkeys?.find((one) => one.id === id);
}
