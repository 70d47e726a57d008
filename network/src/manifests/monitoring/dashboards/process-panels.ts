import type { Panel } from './panel';
import { ofChosen, perSecond } from './queries';

/** What the processes of one kind use, and what Fabric's write into their logs. */
export function listProcessPanels(job: 'orderer' | 'peer'): Panel[] {
  return [...listResourcePanels(job), newLogPanel(job)];
}

/** What the processes of one kind use. */
export function listResourcePanels(job: 'orderer' | 'peer' | 'gateway'): Panel[] {
  const ofJob = (metric: string): string => ofChosen(metric, `job="${job}"`);
  return [
    {
      title: 'Processors',
      about: 'How many processors each keeps busy.',
      kind: 'timeseries',
      unit: 'short',
      width: 8,
      queries: [{ expr: perSecond(ofJob('process_cpu_seconds_total')), legend: '{{organisation}}' }],
    },
    {
      title: 'Memory',
      about: 'Resident memory. It grows with what is cached, and stays below the limit of the container.',
      kind: 'timeseries',
      unit: 'bytes',
      width: 8,
      queries: [{ expr: ofJob('process_resident_memory_bytes'), legend: '{{organisation}}' }],
    },
    {
      title: 'Open files',
      about: 'As a part of what the process may have.',
      kind: 'timeseries',
      unit: 'percentunit',
      width: 8,
      red: { value: 0.8, below: false },
      queries: [{ expr: `${ofJob('process_open_fds')} / ${ofJob('process_max_fds')}`, legend: '{{organisation}}' }],
    },
  ];
}

function newLogPanel(job: 'orderer' | 'peer'): Panel {
  return {
    title: 'Log lines by level',
    about: 'Errors that come all the time are worth a look into the log.',
    kind: 'timeseries',
    unit: 'ops',
    width: 24,
    queries: [
      {
        expr: `sum by (organisation, level) (${perSecond(ofChosen('logging_entries_written', `job="${job}", level=~"warn|error|dpanic|panic|fatal"`))})`,
        legend: '{{organisation}} {{level}}',
      },
    ],
  };
}
