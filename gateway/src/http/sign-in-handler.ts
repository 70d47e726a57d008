import type { NextFunction, Request, Response } from 'express';
import type { ServiceConfig } from '../config';
import { withinDeadline } from '../deadline';
import { newError } from '../problem';
import { isSignInPath, nameSignInRoute, type SignInRequest } from '../sign-in';
import type { Tracing } from '../tracing';
import type { Admission, Lane } from './admission';
import { newGoneSignal } from './gone-signal';
import { readText } from './read-body';
import { traceRequest } from './trace-request';

/** Largest form of a page, in bytes. */
const maxFormBytes = 16_384;

/** What answers the addresses of the OpenID provider. */
export interface SignInHandler {
  handle(request: SignInRequest): Promise<void>;
}

export interface SignInBounds {
  readonly isDraining: () => boolean;
  readonly admission: Admission;
  readonly service: Pick<ServiceConfig, 'answerWithinMs' | 'bodyWithinMs'>;
  readonly tracing: Tracing;
}

/** Hands requests for the OpenID provider on to it, bounded like every other; everything else goes to the routes. */
export function newSignInHandler(signIn: SignInHandler | undefined, bounds: SignInBounds) {
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const { path } = request;
    if (signIn === undefined || !isSignInPath(path)) {
      next();
      return;
    }
    const route = nameSignInRoute(path);
    response.locals.route = route;
    if (bounds.isDraining()) throw newError('DRAINING', 'This gateway is stopping; ask again when it is back');
    const lane = request.method === 'POST' ? 'writes' : 'reads';
    await traceRequest(bounds.tracing, { lane, path: route }, () => handle(signIn, { request, response, route, lane }, bounds))(
      request,
      response,
    );
  };
}

interface Asked {
  readonly request: Request;
  readonly response: Response;
  readonly route: string;
  readonly lane: Lane;
}

/** A turn in its lane, and an answer in time. Who signs in is known by address alone. */
async function handle(signIn: SignInHandler, asked: Asked, { admission, service }: SignInBounds): Promise<void> {
  const { request, response, route, lane } = asked;
  const { bodyWithinMs, answerWithinMs } = service;
  const { path, ip = '' } = request;
  const readForm = async (): Promise<URLSearchParams> =>
    new URLSearchParams(await readText(request, 'form', { maxBytes: maxFormBytes, withinMs: bodyWithinMs }));
  const serve = async (): Promise<void> => {
    const pass = await admission.enter(lane, `address ${ip}`, newGoneSignal(response));
    const slow = newBodyClock(request, bodyWithinMs);
    try {
      const trail = { requestId: String(response.locals.id), route: `${request.method.toLowerCase()} ${route}`, address: ip };
      await Promise.race([slow.isLate, signIn.handle({ request, response, path, ...trail, readForm })]);
    } finally {
      slow.stop();
      pass.leave();
    }
  };
  await withinDeadline(answerWithinMs, serve, () => newError('ANSWER_TOO_LATE', 'The answer was not ready in time; ask again'));
}

/** The provider reads bodies by itself and waits for them as long as they take: `isLate` rejects when one has not arrived in time. */
function newBodyClock(request: Request, withinMs: number): { readonly isLate: Promise<never>; readonly stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const isLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      if (!request.complete) reject(newError('REQUEST_TOO_SLOW', `The body must arrive within ${String(withinMs)} ms`));
    }, withinMs);
  });
  return { isLate, stop: () => clearTimeout(timer) };
}
