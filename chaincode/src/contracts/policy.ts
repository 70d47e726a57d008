import 'reflect-metadata';
import { Returns, Transaction } from 'fabric-contract-api';
import { newError, type Caller, type StaffRole } from '../model';

/** A kind of caller that may run a transaction. */
export interface Allowance {
  readonly name: string;
  readonly admits: (caller: Caller) => boolean;
}

/** Any client of any member; the peer has checked that it is one. */
export const anyMember: Allowance = { name: 'any-member', admits: () => true };

/** An administrator of any member. */
export const admin: Allowance = { name: 'admin', admits: (caller) => caller.isAdmin };

/** A client whose certificate carries the role. That it acts for the right organisation is the rules' business. */
export const role = (name: StaffRole): Allowance => ({ name: `role:${name}`, admits: (caller) => caller.role === name });

/** What a transaction states about its callers. */
export interface TransactionPolicy {
  readonly transaction: string;
  readonly kind: 'submit' | 'evaluate';
  readonly allow: readonly Allowance[];
}

const POLICIES = 'medaccord:policies';

type TransactionDecorator = (target: object, name: string) => void;

/** Defines a transaction that is ordered and committed. Refuses to define one that nobody may call. */
export const Submit = (policy: { readonly allow: readonly Allowance[] }): TransactionDecorator => define('submit', policy.allow);

/** Defines a transaction that is only evaluated. Refuses to define one that nobody may call. */
export const Evaluate = (policy: { readonly allow: readonly Allowance[] }): TransactionDecorator => define('evaluate', policy.allow);

/** The policies of a contract's transactions, in the order of their definition. */
export function policiesOf(contract: object): readonly TransactionPolicy[] {
  return (Reflect.getMetadata(POLICIES, contract) as readonly TransactionPolicy[] | undefined) ?? [];
}

/** @throws CALLER_NOT_ALLOWED when no row of the transaction's policy admits the caller, or it has no policy. */
export function assertAllowed(contract: object, transaction: string, caller: Caller): void {
  const policy = policiesOf(contract).find((row) => row.transaction === transaction);
  if (policy?.allow.some(({ admits }) => admits(caller)) === true) return;
  const allowed = policy?.allow.map(({ name }) => name).join(', ') ?? 'nobody';
  throw newError('CALLER_NOT_ALLOWED', { transaction, allowed });
}

function define(kind: TransactionPolicy['kind'], allow: readonly Allowance[]): TransactionDecorator {
  if (!Array.isArray(allow) || allow.length === 0) throw new TypeError('a transaction states who may call it: allow must name somebody');
  return (target, name) => {
    Reflect.defineMetadata(POLICIES, [...policiesOf(target), { transaction: name, kind, allow }], target);
    Transaction(kind === 'submit')(target, name);
    Returns('string')(target, name);
  };
}
