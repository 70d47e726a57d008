import { formatCanonical, type Instant, type Rules, type TransactionRequest } from '../model';
import { RulesAlreadyAdopted } from './rules-errors';

/**
 * The first version of the consortium's rules, or the current one when it has this content already.
 *
 * @throws RulesAlreadyAdopted when other rules are in force.
 */
export function adoptRules(request: TransactionRequest<'AdoptRules'>, current: Rules | undefined, at: Instant): Rules {
  if (current === undefined) return { version: 1, ...request, suspended: [], adoptedAt: at };
  const { purposes, roles, deadlines } = current;
  if (formatCanonical({ purposes, roles, deadlines }) !== formatCanonical(request)) throw new RulesAlreadyAdopted(current.version);
  return current;
}
