import { parser } from '@prometheus-io/lezer-promql';

/** A metric as an expression asks for it, with the labels that it is narrowed by. */
export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

export interface PromqlFacts {
  /** Places that the grammar of Prometheus does not know. */
  readonly mistakes: readonly string[];
  readonly selectors: readonly Selector[];
  /** Labels that results are grouped or joined by. */
  readonly grouping: readonly string[];
  /** Labels that the expression makes. */
  readonly made: readonly string[];
}

/** What Grafana puts in before Prometheus sees it. */
const VARIABLES: Readonly<Record<string, string>> = { $__rate_interval: '1m', $channel: 'one', $organisation: '.*' };

export function readPromql(expression: string): PromqlFacts {
  const text = expression.replaceAll(/\$\w+/g, (name) => VARIABLES[name] ?? name);
  const mistakes: string[] = [];
  const selectors: { metric: string; labels: string[] }[] = [];
  const grouping: string[] = [];
  let isGrouping = false;
  parser.parse(text).iterate({
    enter: ({ name, type, from, to }) => {
      const word = text.slice(from, to);
      if (type.isError) mistakes.push(`${text} at ${from}`);
      if (name === 'VectorSelector') selectors.push({ metric: '', labels: [] });
      if (name === 'GroupingLabels') isGrouping = true;
      const selector = selectors.at(-1);
      if (name === 'Identifier' && selector?.metric === '') selector.metric = word;
      if (name === 'LabelName') (isGrouping ? grouping : (selector?.labels ?? grouping)).push(word);
    },
    leave: ({ name }) => {
      if (name === 'GroupingLabels') isGrouping = false;
    },
  });
  const made = [...text.matchAll(/count_values(?: by \([^)]*\))? \("(\w+)"/g)].flatMap(([, label = '']) => [label]);
  return { mistakes, selectors, grouping, made };
}
