import { z } from 'zod';
import type { HeightSigner } from '../../height';
import { newRoute, type Route } from '../route';
import { jws, reference } from './schemas';

/** How the gateways of a consortium tell one another how far the chain has come. */
export function newHeightRoutes(sign: HeightSigner): readonly Route[] {
  return [
    newRoute({
      method: 'get',
      path: '/api/height',
      summary: 'How many blocks this gateway holds, signed by its organisation for this very question',
      access: { by: 'anybody' },
      audit: 'none',
      query: z.strictObject({ nonce: reference }),
      response: z.object({ jws }),
      isRoutine: true,
      // Other members' consent checks rest on it.
      lane: 'none',
      handle: async ({ query: { nonce } }) => ({ body: { jws: await sign(nonce) } }),
    }),
  ];
}
