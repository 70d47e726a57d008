import type { ErrorRow } from '../error-facts';

const planVersion = ['planId', 'version'] as const;
const coverageVersion = ['relationRef', 'coverageId', 'version'] as const;

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
    facts: ['relationRef', 'claimId'],
    message: 'the hospital has made no such claim in this relation',
  },
  ADJUDICATION_NOT_FOUND: {
    category: 'not-found',
    facts: ['relationRef', 'claimId', 'n'],
    message: 'the insurer has not decided this claim so often',
  },
} as const satisfies Record<string, ErrorRow>;
