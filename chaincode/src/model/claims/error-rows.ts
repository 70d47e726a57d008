import type { ErrorRow } from '../error-facts';

const planVersion = ['planId', 'version'] as const;
const coverageVersion = ['relationRef', 'coverageId', 'version'] as const;
const claim = ['relationRef', 'claimId'] as const;

/** The errors about plans, coverages and claims (model/error-codes.ts has all). */
export const claimErrorRows = {
  CALLER_NOT_INSURER: {
    category: 'forbidden',
    facts: ['mspId'],
    message: 'only the insurer may do this: a member that the consortium rules name so, of its own plans and relations',
  },
  PLAN_NOT_FOUND: { category: 'not-found', facts: planVersion, message: 'the insurer has published no such version of this plan' },
  PLAN_VERSION_TAKEN: {
    category: 'conflict',
    facts: planVersion,
    message: 'this version stands already and cannot be changed: publish the next one',
  },
  PLAN_VERSION_SKIPPED: { category: 'conflict', facts: planVersion, message: 'the version before this one is missing' },
  COVERAGE_NOT_FOUND: {
    category: 'not-found',
    facts: ['relationRef', 'coverageId'],
    message: 'the insurer has recorded no such coverage in this relation',
  },
  COVERAGE_VERSION_TAKEN: {
    category: 'conflict',
    facts: coverageVersion,
    message: 'this version stands already and cannot be changed: record the next one',
  },
  COVERAGE_VERSION_SKIPPED: { category: 'conflict', facts: coverageVersion, message: 'the version before this one is missing' },
  COVERAGE_ENDED: {
    category: 'rule',
    facts: ['relationRef', 'coverageId'],
    message: 'this coverage has ended for good: the patient agrees to another one',
  },
  COVERAGE_TERMS_OUTDATED: {
    category: 'conflict',
    facts: coverageVersion,
    message: 'a version has the terms of the one before it, or those that the patient signed for it',
  },
  CLAIM_NOT_FOUND: {
    category: 'not-found',
    facts: claim,
    message: 'the hospital has made no such claim in this relation',
  },
  ADJUDICATION_NOT_FOUND: {
    category: 'not-found',
    facts: [...claim, 'n'],
    message: 'the insurer has not decided this claim so often',
  },
  CLAIM_ALREADY_MADE: { category: 'conflict', facts: claim, message: 'this claim id belongs to another claim: make a new one' },
  CLAIM_NOT_REPLACEABLE: {
    category: 'rule',
    facts: [...claim, 'problem'],
    message: 'the claim that is to be taken back or corrected {problem}',
  },
  CLAIM_NOT_OPEN: { category: 'conflict', facts: [...claim, 'status'], message: 'this claim is {status}' },
  CLAIM_TAG_WRONG: {
    category: 'rule',
    facts: [...claim, 'at'],
    message: 'the tag of this line is not that of its service and day under the salt of its record',
  },
  COVERAGE_NOT_CURRENT: {
    category: 'conflict',
    facts: coverageVersion,
    message: 'a later version of this coverage stands',
  },
  PLAN_NOT_CURRENT: {
    category: 'rule',
    facts: [...claim, 'version'],
    message: 'version {version} of the plan is not the one by which this claim is decided',
  },
  ADJUDICATION_NOT_NEXT: {
    category: 'conflict',
    facts: [...claim, 'n'],
    message: 'what this adjudication follows is not what stands: the next place of the coverage is {n}',
  },
  ADJUDICATION_INVALID: { category: 'rule', facts: [...claim, 'problem'], message: 'this adjudication {problem}' },
  ADJUDICATION_NEEDS_PERSON: {
    category: 'forbidden',
    facts: claim,
    message: 'what the rule does not decide is decided by a person: a clerk of the insurer',
  },
  ADJUDICATION_NOT_PROPOSED: {
    category: 'conflict',
    facts: [...claim, 'n'],
    message: 'adjudication {n} of this claim waits for no second person',
  },
  ADJUDICATION_BY_SAME_PERSON: {
    category: 'forbidden',
    facts: [...claim, 'n'],
    message: 'the person who decided does not confirm it: another one of the insurer does',
  },
  APPEAL_NOT_FOUND: { category: 'not-found', facts: [...claim, 'n'], message: 'this claim has no such appeal' },
  APPEAL_NUMBER_TAKEN: {
    category: 'conflict',
    facts: [...claim, 'n'],
    message: 'this number stands already and cannot be changed: appeal under the next one',
  },
  APPEAL_NUMBER_SKIPPED: { category: 'conflict', facts: [...claim, 'n'], message: 'the number before this one is missing' },
  APPEAL_NOT_OPEN: { category: 'rule', facts: [...claim, 'problem'], message: 'this appeal {problem}' },
  APPEAL_ALREADY_DECIDED: { category: 'conflict', facts: [...claim, 'n'], message: 'an appeal is decided once' },
  APPEAL_BY_SAME_PERSON: {
    category: 'forbidden',
    facts: [...claim, 'n'],
    message: 'who adjudicated a claim does not decide an appeal against that: another person does',
  },
  SETTLEMENT_NOT_FOUND: { category: 'not-found', facts: ['n'], message: 'the two have no statement {n}' },
  SETTLEMENT_NOT_NEXT: {
    category: 'conflict',
    facts: ['n'],
    message: 'statement {n} does not follow the one before it, or that is not signed by both',
  },
  SETTLEMENT_ALREADY_SIGNED: { category: 'conflict', facts: ['n'], message: 'statement {n} is signed by both, and nothing replaces it' },
  SETTLEMENT_INVALID: { category: 'rule', facts: ['n', 'problem'], message: 'statement {n} {problem}' },
  PAYMENT_ALREADY_NOTIFIED: { category: 'conflict', facts: ['n'], message: 'another payment of statement {n} is on record' },
  PAYMENT_NOT_FOUND: { category: 'not-found', facts: ['n'], message: 'no payment of statement {n} is on record' },
} as const satisfies Record<string, ErrorRow>;
