import type { AdjudicationOptions } from '../adjudication/adjudication-options';

/** What reports on an insurer's decisions are made from. */
export type ReportOptions = Pick<AdjudicationOptions, 'mspId' | 'store' | 'facts' | 'sealed' | 'onTrouble'>;

/** From a day (included) until another (excluded), both in UTC. */
export interface Period {
  readonly from: string;
  readonly until: string;
}
