import { NODE, type Alert } from './alert';

/** Of every process of the ledger, and of the machine under it. */
export function listNodeAlerts(): Alert[] {
  return [
    {
      name: 'NodeDown',
      when: 'up{job!="host"} == 0',
      lasting: '1m',
      severity: 'critical',
      summary: `${NODE} does not answer at {{ $labels.instance }}.`,
      action: 'See `status` and `logs`; start it again. The others go on without one orderer and without any one member.',
    },
    {
      name: 'NodeRestartsOften',
      when: 'changes(process_start_time_seconds{job=~"orderer|peer"}[15m]) > 2',
      lasting: '0s',
      severity: 'warning',
      summary: `${NODE} was started {{ $value }} times within 15 minutes.`,
      action: 'Its last words before each start are in its log.',
    },
    {
      name: 'OpenFilesNearLimit',
      when: 'process_open_fds / process_max_fds > 0.8',
      lasting: '5m',
      severity: 'warning',
      summary: `${NODE} has {{ $value | humanizePercentage }} of the open files that it may have.`,
      action: 'Raise the limit (`ulimit -n`, LimitNOFILE) and restart it.',
    },
    {
      name: 'FabricVersionsDiffer',
      when: 'count(count by (version) (fabric_version)) > 1',
      lasting: '1d',
      severity: 'warning',
      summary: 'Nodes have run {{ $value }} versions of Fabric side by side for a day.',
      action: 'Finish the upgrade.',
    },
    ...listMachineAlerts(),
  ];
}

const FREE = 'node_filesystem_avail_bytes{fstype!~"tmpfs|ramfs|overlay|squashfs"} / node_filesystem_size_bytes';

/** As node_exporter tells of the machine. */
function listMachineAlerts(): Alert[] {
  return [
    {
      name: 'MachineUnwatched',
      when: 'up{job="host"} == 0',
      lasting: '15m',
      severity: 'warning',
      summary: 'Nobody tells of the disks, the clock and the certificates of {{ $labels.instance }}.',
      action: 'Start node_exporter there, or take it out of the job `host`.',
    },
    {
      name: 'DiskFillsUp',
      when: `${FREE} < 0.15`,
      lasting: '10m',
      severity: 'warning',
      summary: '{{ $labels.mountpoint }} of {{ $labels.instance }} has {{ $value | humanizePercentage }} left.',
      action: 'Give it space: ledgers only grow.',
    },
    {
      name: 'DiskFull',
      when: `${FREE} < 0.05`,
      lasting: '1m',
      severity: 'critical',
      summary: '{{ $labels.mountpoint }} of {{ $labels.instance }} has {{ $value | humanizePercentage }} left.',
      action: 'A node that cannot write stops. Give it space, then start it: what was acknowledged is with the others.',
    },
    {
      name: 'ClockOff',
      when: 'abs(node_timex_offset_seconds) > 1 or node_timex_sync_status == 0',
      lasting: '15m',
      severity: 'warning',
      summary: 'The clock of {{ $labels.instance }} is not in time with the others.',
      action: 'Mend its time service: nodes refuse messages that are 15 minutes off.',
    },
  ];
}
