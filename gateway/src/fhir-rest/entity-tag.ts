/** The entity tag of a version (FHIR R4 http.html#versioning): weak, for the same content may be written in several ways. */
export function formatEntityTag(version: number | string): string {
  return `W/"${String(version)}"`;
}

/** The versions that a header with entity tags names, `*` for any; quotes and `W/` may be missing. Nothing when it is malformed. */
export function parseEntityTags(header: string): readonly string[] | undefined {
  const tags = header.split(',').map((part) => /^(?:W\/)?(?:"([^"\s]{1,64})"|([A-Za-z0-9.*-]{1,64}))$/.exec(part.trim()));
  const versions = tags.flatMap((tag) => tag?.[1] ?? tag?.[2] ?? []);
  return versions.length === tags.length ? versions : undefined;
}
