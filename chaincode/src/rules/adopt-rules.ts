import { formatCanonical, newError, RequestInvalid, type Instant, type MspId, type Rules, type TransactionRequest } from '../model';

/**
 * The first version of the consortium's rules, or the current one when it has this content already.
 *
 * @throws RequestInvalid when they leave the caller's member out, RULES_ALREADY_ADOPTED when other rules are in force.
 */
export function adoptRules(request: TransactionRequest<'AdoptRules'>, current: Rules | undefined, caller: MspId, at: Instant): Rules {
  if (!Object.hasOwn(request.roles, caller)) throw new RequestInvalid('request.roles', "a table with the caller's own member in it");
  if (current === undefined) return { version: 1, ...request, suspended: [], adoptedAt: at };
  const { purposes, roles, deadlines } = current;
  if (formatCanonical({ purposes, roles, deadlines }) !== formatCanonical(request))
    throw newError('RULES_ALREADY_ADOPTED', { version: current.version });
  return current;
}
