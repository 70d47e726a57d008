import { renderYaml } from '../../render';
import type { Site } from '../workload';
import type { Scope } from './scope';
import { JOBS, listTargets, type ScrapeTarget } from './scrape-targets';

const INTERVAL = '15s';

/** `prometheus.yml`: whom to ask, and which rules to judge the answers by. `rules` as the configuration file sees it. */
export function renderPrometheus(site: Site, scope: Scope, rules: string): string {
  const targets = listTargets(site, scope);
  return renderYaml({
    global: { scrape_interval: INTERVAL, evaluation_interval: INTERVAL, external_labels: { network: site.topology.name } },
    rule_files: [rules],
    scrape_configs: JOBS.flatMap((job) => {
      const asked = targets.filter((target) => target.job === job);
      return asked.length === 0 ? [] : [{ job_name: job, static_configs: asked.map(newStaticConfig) }];
    }),
  });
}

function newStaticConfig({ address, organisation }: ScrapeTarget): object {
  return { targets: [address], ...(organisation === undefined ? {} : { labels: { organisation } }) };
}
