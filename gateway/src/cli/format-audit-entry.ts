/** An entry of the audit log, as far as it is told in words. */
interface Entry {
  readonly at: string;
  readonly event: string;
  readonly actor: { readonly kind: string; readonly name?: string; readonly role?: string; readonly department?: string | null };
  readonly types: readonly string[];
  readonly records: readonly string[];
  readonly purpose: string | null;
  readonly status: number;
  readonly code: string | null;
}

/** One line for the patient: when, what, who, on which records, with what result. Staff have a name of their own for each patient. */
export function formatAuditEntry(text: string): string {
  const entry = JSON.parse(text) as Entry;
  const { at, event, records, types, purpose } = entry;
  const what = records.length > 0 ? `${String(records.length)} ${records.length === 1 ? 'record' : 'records'}` : types.join(', ');
  return [`${at}  ${event.padEnd(14)}  ${formatActor(entry.actor)}`, what, purpose ?? '', formatResult(entry)]
    .filter((part) => part !== '')
    .join(', ');
}

function formatActor({ kind, name = '', role = '', department }: Entry['actor']): string {
  switch (kind) {
    case 'staff':
      return `${[role, department ?? ''].filter((part) => part !== '').join(', ')} (${name.slice(0, 8)})`;
    case 'patient':
      return 'you';
    case 'delegate':
      return 'your delegate';
    case 'gateway':
      return 'the release agent';
    default:
      return 'whoever brought your signature';
  }
}

function formatResult({ status, code }: Entry): string {
  if (status < 400) return code ?? 'done';
  return `refused: ${code ?? String(status)}`;
}
