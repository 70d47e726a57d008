import { formatCanonical, RequestInvalid, type Instant, type MspId, type Rules, type TransactionRequest } from '../model';
import { RulesAlreadyAdopted } from './rules-errors';

/**
 * The first version of the consortium's rules, or the current one when it has this content already.
 *
 * @throws RequestInvalid when they leave the caller's member out, RulesAlreadyAdopted when other rules are in force.
 */
export function adoptRules(request: TransactionRequest<'AdoptRules'>, current: Rules | undefined, caller: MspId, at: Instant): Rules {
  if (!Object.hasOwn(request.roles, caller)) throw new RequestInvalid('request.roles', "a table with the caller's own member in it");
  if (current === undefined) return { version: 1, ...request, suspended: [], adoptedAt: at };
  const { purposes, roles, deadlines } = current;
  if (formatCanonical({ purposes, roles, deadlines }) !== formatCanonical(request)) throw new RulesAlreadyAdopted(current.version);
  return current;
}
