import { categories, defaultClaimRules, memberRoles, type Rules } from '@medaccord/chaincode/model';
import { z } from 'zod';
import { newError } from '../../problem';
import type { Facts } from '../../store';
import { newRoute, type Route } from '../route';
import { instant, mspId, purpose, transactionId } from './schemas';

const legalBasis = z.object({
  purpose,
  roles: z.array(z.enum(memberRoles)).readonly(),
  categories: z.array(z.enum(categories)).readonly(),
  confidentiality: z.string(),
});

const emergency = z.object({
  categories: z.array(z.enum(categories)).readonly(),
  accessHours: z.int(),
  reviewHours: z.int(),
  openReviews: z.int(),
});

const claims = z.object({
  acknowledgeDays: z.int(),
  adjudicateDays: z.int(),
  appealDays: z.int(),
  appealDecisionDays: z.int(),
  secondPersonOver: z.record(z.string(), z.int()),
});

const answer = z.object({
  version: z.int(),
  purposes: z.array(purpose).readonly(),
  roles: z.record(z.string(), z.enum(memberRoles)),
  deadlines: z.record(z.string(), z.int()),
  legalBases: z.array(legalBasis).readonly(),
  emergency: emergency.optional(),
  /** As they hold, also where the rules say nothing of claims. */
  claims,
  suspended: z.array(mspId).readonly(),
  adoptedAt: instant,
  transactionId,
});

const params = z.strictObject({ version: z.string().regex(/^[1-9][0-9]{0,6}$/, 'must be the number of a version') });

/** The consortium's rules, for whoever wants to know what a decision went by. */
export function newRulesRoutes(facts: Facts): readonly Route[] {
  return [
    newRoute({
      method: 'get',
      path: '/api/rules',
      summary: 'The rules of the consortium that are in force',
      access: { by: 'anybody' },
      audit: 'none',
      response: answer,
      handle: () => Promise.resolve({ body: readRules('') }),
    }),
    newRoute({
      method: 'get',
      path: '/api/rules/{version}',
      summary: 'One version of the rules: every decision names the one that it went by',
      access: { by: 'anybody' },
      audit: 'none',
      params,
      response: answer,
      handle: ({ params: { version } }) => Promise.resolve({ body: readRules(version) }),
    }),
  ];

  function readRules(version: string): z.input<typeof answer> {
    const found = facts.find<Rules>('rules', '', version);
    if (found === undefined) throw newError('RESOURCE_NOT_FOUND', 'The rules have no such version');
    const { legalBases = [], claims: ofClaims = defaultClaimRules, ...rules } = found.value;
    return { ...rules, legalBases, claims: ofClaims, transactionId: found.transactionId };
  }
}
