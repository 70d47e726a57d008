import { z } from 'zod';
import { newSmartConfiguration, type SignInPlace } from '../../sign-in';
import { newRoute, type Route } from '../route';

/** Where people sign in, now. It throws CodedError ISSUER_UNAVAILABLE. */
export type FindPlace = () => Promise<SignInPlace>;

/** Where SMART applications learn how people sign in here (SMART App Launch 2.2, conformance.html). */
export function newSignInRoutes(findPlace: FindPlace): readonly Route[] {
  return [
    newRoute({
      method: 'get',
      path: '/fhir/.well-known/smart-configuration',
      summary: 'Where and how SMART applications sign in',
      access: { by: 'anybody' },
      audit: 'none',
      response: z.looseObject({ token_endpoint: z.string() }),
      needsLedger: false,
      handle: async () => ({ body: newSmartConfiguration(await findPlace()) }),
    }),
  ];
}
