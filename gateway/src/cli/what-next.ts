import type { Cast, Member, Plot } from '../story';
import type { Paint } from './paint';

export type NextFacts = {
  readonly plot: Plot;
  readonly cast: Cast;
  readonly tokens: { readonly records: string; readonly physician: string };
  readonly members: readonly Member[];
  readonly program: string;
  readonly runFolder: string;
};

/** Addresses, sample credentials and lines to try, each of which works as it is printed. */
export function formatWhatNext({ plot, cast, tokens, members, program, runFolder }: NextFacts, paint: Paint): string {
  const { custodian, counterparty } = cast;
  const width = Math.max(...members.map(({ title }) => title.length));
  const released = plot.requests.find(({ outcome }) => outcome === 'released');
  const ask = JSON.stringify({ relationRef: plot.relationRef, purpose: 'TREAT', categories: plot.categories });
  const lines = [
    '',
    paint('bold', 'Where to find it'),
    ...members.map(({ title, gateway }) => `  ${title.padEnd(width)}  ${gateway}`),
    '',
    paint('bold', 'Sample credentials (good for 12 hours)'),
    `  RECORDS=${tokens.records}`,
    `  PHYSICIAN=${tokens.physician}`,
    '',
    paint('bold', 'What to try next'),
    paint('dim', '  # the members and their keys; the whole interface'),
    `  curl -sw '\\n' ${custodian.gateway}/api/organisations`,
    `  curl -sw '\\n' ${custodian.gateway}/api/openapi.json`,
    paint('dim', `  # what ${custodian.title} holds of the patient`),
    `  curl -sw '\\n' -H "Authorization: Bearer $RECORDS" '${custodian.gateway}/api/records?subject=${plot.subjectRef}'`,
    ...formatRelease(released?.requestId, counterparty, paint),
    paint('dim', '  # ask again: she has revoked'),
    `  curl -sw '\\n' -H "Authorization: Bearer $PHYSICIAN" -H "Idempotency-Key: $(date +%s%N)" -H 'Prefer: wait=10' -H 'Content-Type: application/json' -d '${ask}' ${counterparty.gateway}/api/access-requests`,
    paint('dim', '  # what the patient sees, with the reasons that only she can open'),
    `  ${program} wallet history --connections ${runFolder}`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}

function formatRelease(requestId: string | undefined, { gateway, title }: Member, paint: Paint): string[] {
  if (requestId === undefined) return [];
  return [
    paint('dim', `  # what was released to ${title} is deleted since she revoked`),
    `  curl -sw '\\n' -H "Authorization: Bearer $PHYSICIAN" ${gateway}/api/releases/${requestId}`,
  ];
}
