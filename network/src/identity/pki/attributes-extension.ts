import { x509 } from './x509-library';

/** Where a Fabric CA writes attributes (fabric-ca/lib/attrmgr/attrmgr.go AttrOIDString). */
export const ATTRIBUTES_OID = '1.2.3.4.5.6.7.8.1';

/** Writes attributes as a Fabric CA does: `{"attrs":{...}}`, names in order, straight into the extension's value. */
export function formatAttributesExtension(attributes: Readonly<Record<string, string>>): x509.Extension {
  const attrs = Object.fromEntries(Object.entries(attributes).sort(([one], [other]) => (one < other ? -1 : 1)));
  return new x509.Extension(ATTRIBUTES_OID, false, Buffer.from(JSON.stringify({ attrs })));
}

/** Reads a certificate's attributes; none when it has no such extension. */
export function parseAttributesExtension(certificatePem: string): Readonly<Record<string, string>> {
  const extension = new x509.X509Certificate(certificatePem).getExtension(ATTRIBUTES_OID);
  return extension ? (JSON.parse(Buffer.from(extension.value).toString()) as { attrs: Record<string, string> }).attrs : {};
}
