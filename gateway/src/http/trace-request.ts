import type { Request, Response } from 'express';
import type { Tracing } from '../tracing';
import type { Route } from './route';

type Work = (http: Request, answer: Response) => Promise<void>;

/** Answers a request as a step of the trace that it names, or of a new one; what machines ask all the time is none. */
export function traceRequest(tracing: Tracing, route: Pick<Route, 'lane' | 'path'>, work: Work): Work {
  if (route.lane === 'none') return work;
  return (http, answer) => {
    const attributes = { 'http.request.method': http.method, 'http.route': route.path };
    const step = { kind: 'server', traceparent: http.get('traceparent'), attributes } as const;
    return tracing.run(`${http.method} ${route.path}`, step, async (span) => {
      answer.locals.trace = tracing.logFields();
      await work(http, answer);
      span.set('http.response.status_code', answer.statusCode);
    });
  };
}
