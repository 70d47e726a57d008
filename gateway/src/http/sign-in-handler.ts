import type { NextFunction, Request, Response } from 'express';
import { newError } from '../problem';
import { isSignInPath, type SignInRequest } from '../sign-in';
import { readText } from './read-body';

/** Largest form of a page, in bytes. */
const maxFormBytes = 16_384;

/** What answers the addresses of the OpenID provider. */
export interface SignInHandler {
  handle(request: SignInRequest): Promise<void>;
}

/** Hands requests for the OpenID provider on to it; everything else goes to the routes. */
export function newSignInHandler(
  signIn: SignInHandler | undefined,
  { isDraining, bodyWithinMs }: { readonly isDraining: () => boolean; readonly bodyWithinMs: number },
) {
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const { path } = request;
    if (signIn === undefined || !isSignInPath(path)) {
      next();
      return;
    }
    response.locals.route = path.replace(/(\/oidc\/interaction\/)[^/]+/, '$1{uid}').replace(/^(?!\/\.well-known|\/oidc\/).*/, '/oidc');
    if (isDraining()) throw newError('DRAINING', 'This gateway is stopping; ask again when it is back');
    const readForm = async (): Promise<URLSearchParams> =>
      new URLSearchParams(await readText(request, 'form', { maxBytes: maxFormBytes, withinMs: bodyWithinMs }));
    await signIn.handle({ request, response, path, address: request.ip ?? '', readForm });
  };
}
