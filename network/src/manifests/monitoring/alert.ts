/** Something that somebody must be told. */
export interface Alert {
  readonly name: string;
  /** PromQL that yields a series for each thing that is wrong. */
  readonly when: string;
  /** How long it must be so. */
  readonly lasting: string;
  /** Critical: the consortium, or a member of it, stands still or soon will. */
  readonly severity: 'critical' | 'warning';
  /** What is the matter, in the words of Prometheus' templates. */
  readonly summary: string;
  /** What to do. */
  readonly action: string;
}

export interface AlertGroup {
  readonly name: string;
  readonly alerts: readonly Alert[];
}

/** Of one node: its kind and whose it is, in the words of Prometheus' templates. */
export const NODE = '{{ $labels.job }} of {{ $labels.organisation }}';

/** A counter that grew, also one that was not there before it counted for the first time. */
export function grewWithin(window: string, counter: string): string {
  return `increase(${counter}[${window}]) > 0 or (${counter} unless ${counter} offset ${window}) > 0`;
}

/** How far each of the series is behind the first of all. */
export function blocksBehind(all: string, each: string): string {
  return `max by (channel) (${all}) - on (channel) group_right () ${each}`;
}
