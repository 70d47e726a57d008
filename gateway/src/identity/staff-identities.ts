import { randomBytes, X509Certificate } from 'node:crypto';
import type { LedgerIdentity } from '../ledger/ledger';
import { newSigner } from '../ledger/signer';
import { enrol, register, type CaAddress, type Enrolment } from './ca-client';

/** A member of staff as a bearer token names them. */
export interface Staff {
  readonly subject: string;
  readonly role: string;
}

export interface StoredEnrolment extends Enrolment {
  readonly name: string;
}

/** Where enrolments are kept; the private keys sealed, the people under names that only the store's key gives. */
export interface EnrolmentStore {
  find(staff: Staff): Promise<StoredEnrolment | undefined>;
  save(staff: Staff, enrolment: StoredEnrolment): Promise<void>;
}

export interface StaffIdentitiesOptions {
  readonly ca: CaAddress;
  readonly registrar: { readonly id: string; readonly readSecret: () => string };
  readonly store: EnrolmentStore;
  readonly now?: () => number;
}

/** A name, and so a pseudonym on the ledger, serves no longer than this; afterwards the person gets a new one. */
const serviceMs = 30 * 24 * 3_600_000;
/** A certificate is replaced this long before it ends. */
const reserveMs = 3_600_000;

/**
 * The ledger identities of an organisation's staff: one each, under a random name, with the role as the only attribute,
 * registered and enrolled at the organisation's own CA when it is first needed.
 */
export class StaffIdentities {
  readonly #options: StaffIdentitiesOptions;
  readonly #now: () => number;
  readonly #known = new Map<string, { readonly identity: LedgerIdentity; readonly until: number }>();
  readonly #enrolling = new Map<string, Promise<LedgerIdentity>>();
  #registrar: Promise<Enrolment> | undefined;

  constructor(options: StaffIdentitiesOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** @throws CodedError CA_UNAVAILABLE, CA_REFUSED when an enrolment is needed and fails */
  async get(staff: Staff): Promise<LedgerIdentity> {
    const key = JSON.stringify([staff.subject, staff.role]);
    const known = this.#known.get(key);
    if (known !== undefined && known.until > this.#now()) return known.identity;
    const running = this.#enrolling.get(key) ?? this.#load(staff, key).finally(() => this.#enrolling.delete(key));
    this.#enrolling.set(key, running);
    return running;
  }

  async #load(staff: Staff, key: string): Promise<LedgerIdentity> {
    const stored = await this.#options.store.find(staff);
    const enrolment = stored !== undefined && serviceEnd(stored) > this.#now() ? stored : await this.#enrol(staff);
    const identity = newLedgerIdentity(enrolment);
    this.#known.set(key, { identity, until: serviceEnd(enrolment) });
    return identity;
  }

  async #enrol(staff: Staff): Promise<StoredEnrolment> {
    const { ca, store } = this.#options;
    const name = randomBytes(16).toString('hex');
    const secret = randomBytes(24).toString('base64url');
    await register(ca, await this.#enrolRegistrar(), { id: name, secret, attributes: { role: staff.role } });
    const enrolment = { name, ...(await enrol(ca, name, secret)) };
    await store.save(staff, enrolment);
    return enrolment;
  }

  #enrolRegistrar(): Promise<Enrolment> {
    const { ca, registrar } = this.#options;
    this.#registrar ??= enrol(ca, registrar.id, registrar.readSecret().trim()).catch((error: unknown) => {
      this.#registrar = undefined;
      throw error;
    });
    return this.#registrar;
  }
}

/** The identity that a certificate and its key make. */
export function newLedgerIdentity({ name, certificate, privateKey }: StoredEnrolment): LedgerIdentity {
  return { name, certificate: Buffer.from(certificate), sign: newSigner(privateKey) };
}

function serviceEnd({ certificate }: StoredEnrolment): number {
  const { validFrom, validTo } = new X509Certificate(certificate);
  return Math.min(Date.parse(validFrom) + serviceMs, Date.parse(validTo) - reserveMs);
}
