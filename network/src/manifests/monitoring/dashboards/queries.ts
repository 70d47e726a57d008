import type { Query } from './panel';

/** Narrows a metric to the channel and the organisations that are chosen at the top of the dashboard. */
export function inChannel(metric: string, more = ''): string {
  return `${metric}{channel="$channel", organisation=~"$organisation"${more === '' ? '' : `, ${more}`}}`;
}

/** The same for what is counted without a channel. */
export function ofChosen(metric: string, more = ''): string {
  return `${metric}{organisation=~"$organisation"${more === '' ? '' : `, ${more}`}}`;
}

export function perSecond(selector: string): string {
  return `rate(${selector}[$__rate_interval])`;
}

/** Median and slow twentieth of a histogram, for each organisation. */
export function quantilesOf(histogram: string, selector: (metric: string) => string = inChannel): Query[] {
  const buckets = perSecond(selector(`${histogram}_bucket`));
  return ['0.5', '0.95'].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (le, organisation) (${buckets}))`,
    legend: `{{organisation}} p${String(Number(quantile) * 100)}`,
  }));
}
