import type { Logger } from 'pino';
import { toCodedError } from './coded-error';

/** Troubles in the background are logged by code; an unexpected one with the place where it arose, never with its message. */
export function newTroubleLog(log: Logger): (error: unknown) => void {
  return (error) => {
    const { code, category, transactionId, cause } = toCodedError(error);
    const source = cause instanceof Error ? cause : error;
    const stack = category === 'internal' && source instanceof Error ? (source.stack ?? '').split('\n').slice(1, 6).join('\n') : undefined;
    log.warn({ code, transactionId, stack }, 'trouble in the background');
  };
}
