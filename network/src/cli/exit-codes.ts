/** What the exit codes of the command line mean; network/README.md lists them. */
export const EXIT = { done: 0, failed: 1, usage: 2, running: 3, notRunning: 4, differs: 5 } as const;

const BY_ERROR_CODE: Readonly<Record<string, number>> = {
  USAGE: EXIT.usage,
  TOPOLOGY_INVALID: EXIT.usage,
  TOPOLOGY_UNREADABLE: EXIT.usage,
  NETWORK_RUNNING: EXIT.running,
  NETWORK_NOT_RUNNING: EXIT.notRunning,
  DEVNET_CONSORTIUM_DIFFERS: EXIT.differs,
  FABRIC_CHANNEL_DIFFERS: EXIT.differs,
};

export function exitCodeOf({ code }: { readonly code: string }): number {
  return BY_ERROR_CODE[code] ?? EXIT.failed;
}
