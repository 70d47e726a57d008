import { readFile } from 'node:fs/promises';
import type { Answers, PreviewView } from '../story';
import { CliError } from './cli-error';

/** A draft of a consent, JSON: `sets`, `validity`, `purposes` as a gateway takes them. @throws {CliError} DRAFT_UNREADABLE */
export async function readDraft(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is not JSON' : ((error as NodeJS.ErrnoException).code ?? String(error));
    throw new CliError(
      'DRAFT_UNREADABLE',
      `The draft ${file} cannot be read: ${why}.`,
      'Name a file such as {"sets": [...], "validity": null}.',
    );
  }
}

/** A preview in words. What neither would be nor is seen is told where somebody loses or gains something beside it. */
export function formatPreview({ counterparty, consentVersion, records, views, omitted }: Answers['preview']): string[] {
  const head = `What ${counterparty} would see of your ${count(records.length)}, if you signed this now (version ${String(consentVersion)} counts today):`;
  const shown = views.filter(({ counts }) => counts.draft + counts.now > 0);
  const hidden = views.length - shown.length;
  return [
    head,
    ...shown.flatMap(formatView),
    ...(hidden === 0 ? [] : [`  whoever else, or for another purpose (${String(hidden)} asked): no record, as today`]),
    ...(omitted === 0 ? [] : [`  not asked: ${String(omitted)} further combinations of the names in your consents`]),
  ];
}

function formatView({ recipient, purpose, counts, groups }: PreviewView): string[] {
  const { draft, now, gained, lost } = counts;
  const changes = [...(gained === 0 ? [] : [`${String(gained)} more`]), ...(lost === 0 ? [] : [`${String(lost)} no longer`])];
  const difference = changes.length === 0 ? ', as today' : ` instead of ${now === 0 ? 'none' : String(now)}; ${changes.join(', ')}`;
  return [
    `  ${formatRecipient(recipient)}, for ${purpose}: ${draft === 0 ? 'no record' : count(draft)}${difference}`,
    ...groups.map(
      (group) =>
        `    ${group.category}: ${String(group.records.length)} ${group.draft}${group.draft === group.now ? '' : ` (now: ${group.now})`}`,
    ),
  ];
}

function formatRecipient({ kind, department, role, person, team }: PreviewView['recipient']): string {
  if (kind === 'anybody-else') return 'anybody else';
  if (kind === 'unattested') return 'somebody of whom nothing is attested';
  const names = [role && `as ${role}`, department && `of ${department}`, team && `in the team ${team}`].filter((name) => name !== null);
  return [person ?? 'somebody', ...names].join(' ');
}

function count(records: number): string {
  return records === 1 ? '1 record' : `${String(records)} records`;
}
