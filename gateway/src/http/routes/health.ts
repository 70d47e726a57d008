import { z } from 'zod';
import { newError } from '../../problem';
import { newOpenApi } from '../openapi';
import { newRoute, type Route } from '../route';

export interface Readiness {
  /** The read model holds every block that the organisation's peer has. */
  readonly projection: boolean;
  /** The audit log is where it was; without it nothing about people is answered. */
  readonly audit: boolean;
  /** The organisation's keys are on the ledger. */
  readonly registered: boolean;
  /** What an earlier run left is settled, and the agent works. */
  readonly recovered: boolean;
  /** It is not stopping. */
  readonly serving: boolean;
}

const checks = z.object({
  projection: z.boolean(),
  audit: z.boolean(),
  registered: z.boolean(),
  recovered: z.boolean(),
  serving: z.boolean(),
});

/** Routes that tell about the gateway itself; they answer whatever the state of the ledger. */
export function newHealthRoutes(readReadiness: () => Readiness, listRoutes: () => readonly Route[], version: string): readonly Route[] {
  return [
    newRoute({
      method: 'get',
      path: '/healthz',
      summary: 'Whether the process runs',
      access: { by: 'anybody' },
      audit: 'none',
      response: z.object({ status: z.literal('alive') }),
      needsLedger: false,
      lane: 'none',
      handle: () => Promise.resolve({ body: { status: 'alive' } }),
    }),
    newRoute({
      method: 'get',
      path: '/readyz',
      summary: 'Whether requests are answered: 200 or 503',
      access: { by: 'anybody' },
      audit: 'none',
      response: z.object({ status: z.literal('ready'), checks }),
      needsLedger: false,
      lane: 'none',
      handle: () => {
        const state = readReadiness();
        if (!Object.values(state).every(Boolean)) throw newError('NOT_READY', 'The gateway is not ready yet', { details: { ...state } });
        return Promise.resolve({ body: { status: 'ready', checks: state } });
      },
    }),
    newRoute({
      method: 'get',
      path: '/api/openapi.json',
      summary: 'This document',
      access: { by: 'anybody' },
      audit: 'none',
      response: z.looseObject({ openapi: z.string() }),
      needsLedger: false,
      handle: () => Promise.resolve({ body: newOpenApi(listRoutes(), version) }),
    }),
  ];
}
