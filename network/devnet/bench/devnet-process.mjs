// The devnet in a process of its own, as a user runs it. Prints one JSON line when it is ready: endpoints and a client of the first organisation.
import { startDevnet } from '@medaccord/devnet';

const { folder, services, organisations } = JSON.parse(process.argv[2]);
const started = performance.now();
const devnet = await startDevnet(
  {
    channel: 'bench',
    organisations: organisations.map((mspId) => ({ mspId })),
    policies: { Witnessed: { outOf: 2, role: 'peer' } },
    chaincodes: [{ name: 'bench', version: '1', policy: '/Channel/Application/Witnessed', packageId: 'bench:1', services }],
  },
  { folder },
);
await Promise.all(Object.keys(services).map((mspId) => devnet.chaincodeReady(mspId, 'bench')));
const { endpoint, tlsRootCertificates, generated, mspId } = devnet.organisations[0];
console.log(JSON.stringify({ ms: performance.now() - started, endpoint, tlsRootCertificates, mspId, client: generated.client }));
process.on('SIGTERM', () => void devnet.close().then(() => process.exit(0)));
