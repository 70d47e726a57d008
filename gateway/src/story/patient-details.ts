/** What a registration desk would take down. */
export type PatientDetails = { readonly name: string; readonly birthDate: string };

type HumanName = { readonly family?: string; readonly given?: readonly string[]; readonly text?: string };
type Resource = { readonly resourceType?: string; readonly name?: readonly HumanName[]; readonly birthDate?: string };

/** The name and birth date of the bundle's patient, as far as it states them; the import will say what is wrong with a bundle. */
export function readPatientDetails(bundle: string): PatientDetails {
  const patient = findPatient(bundle);
  const [{ family, given = [], text } = {}] = patient?.name ?? [];
  const name = text ?? [...given, ...(family === undefined ? [] : [family])].join(' ');
  const birthDate = patient?.birthDate;
  return {
    name: name === '' ? 'unnamed' : name.slice(0, 256),
    birthDate: typeof birthDate === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(birthDate) ? birthDate : '1900-01-01',
  };
}

function findPatient(bundle: string): Resource | undefined {
  try {
    const { entry } = JSON.parse(bundle) as { entry: readonly { resource?: Resource }[] };
    return entry.map(({ resource }) => resource).find((resource) => resource?.resourceType === 'Patient');
  } catch {
    return undefined;
  }
}
