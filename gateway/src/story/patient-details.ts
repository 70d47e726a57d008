/** What a registration desk would take down. */
export type PatientDetails = { readonly name: string; readonly birthDate: string };

type HumanName = { readonly family?: string; readonly given?: readonly string[]; readonly text?: string };
type Resource = { readonly resourceType?: string; readonly name?: readonly HumanName[]; readonly birthDate?: string };

/** The name and birth date of the bundle's patient, as far as it states them; the import will say what is wrong with a bundle. */
export function readPatientDetails(bundle: string): PatientDetails {
  const { name, birthDate = '' } = findPatient(bundle) ?? {};
  return { name: formatName(name?.[0] ?? {}), birthDate: /^\d{4}-\d{2}-\d{2}$/.test(birthDate) ? birthDate : '1900-01-01' };
}

function formatName({ family = '', given = [], text }: HumanName): string {
  const name = text ?? [...given, family].join(' ').trim();
  return name === '' ? 'unnamed' : name.slice(0, 256);
}

function findPatient(bundle: string): Resource | undefined {
  try {
    const { entry } = JSON.parse(bundle) as { entry: readonly { resource?: Resource }[] };
    return entry.map(({ resource }) => resource).find((resource) => resource?.resourceType === 'Patient');
  } catch {
    return undefined;
  }
}
