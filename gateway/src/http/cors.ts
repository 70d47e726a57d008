import type { NextFunction, Request, Response } from 'express';

const methods = 'GET, POST, PUT, PATCH, DELETE';
/** What requests may carry and what scripts may read of answers, beyond what every script may. */
const requestHeaders =
  'Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-Modified-Since, If-None-Exist, If-None-Match, Last-Event-ID, Medaccord-Emergency, Medaccord-Subject, Prefer, traceparent, tracestate';
const answerHeaders =
  'Content-Location, ETag, Last-Modified, Link, Location, RateLimit, Retry-After, WWW-Authenticate, X-Progress, X-Request-Id';
/** Browsers ask again after this many seconds. */
const maxAge = '600';

/**
 * Lets scripts of these origins call (Fetch standard, CORS protocol): the very origins, no patterns, and never with cookies. To all others
 * nothing is said, and their browsers keep the answers from them.
 */
export function newCors(origins: readonly string[]) {
  const allowed = new Set(origins);
  return (request: Request, answer: Response, next: NextFunction): void => {
    if (allowed.size > 0) answer.vary('Origin');
    const origin = request.get('origin');
    if (origin === undefined || !allowed.has(origin)) {
      next();
      return;
    }
    answer.set('access-control-allow-origin', origin);
    if (request.method !== 'OPTIONS' || request.get('access-control-request-method') === undefined) {
      answer.set('access-control-expose-headers', answerHeaders);
      next();
      return;
    }
    answer
      .status(204)
      .set({ 'access-control-allow-methods': methods, 'access-control-allow-headers': requestHeaders, 'access-control-max-age': maxAge })
      .end();
  };
}
