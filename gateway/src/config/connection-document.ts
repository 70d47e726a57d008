import { z } from 'zod';

const text = z.string().min(1);
const mspId = z.string().regex(/^[A-Za-z][A-Za-z0-9.-]*$/, 'must be an MSP id');
const organisation = z.strictObject({ name: text, title: text, mspId, role: text });
const keyFiles = z.strictObject({ certificate: text, privateKey: text });

/** What an organisation's operator hands to its gateway: where its peers and its CA are, who it is, where to listen. Paths are absolute. */
export const connectionDocument = z.strictObject({
  version: z.literal(1),
  network: text,
  ledger: text,
  channel: text,
  chaincode: text,
  organisation,
  members: z.array(z.strictObject({ ...organisation.shape, gateway: z.url() })).min(1),
  peers: z.array(z.strictObject({ mspId, endpoint: text, serverName: text, tlsRootCertificates: text })).min(1),
  certificateAuthority: z.strictObject({
    url: z.url(),
    name: text,
    certificate: text,
    registrar: z.strictObject({ id: text, secretFile: text }),
  }),
  identities: z.strictObject({ admin: keyFiles, gateway: keyFiles }),
  listen: z.strictObject({ host: text, port: z.int().min(0).max(65535) }),
  data: text,
});

export type ConnectionDocument = z.infer<typeof connectionDocument>;
