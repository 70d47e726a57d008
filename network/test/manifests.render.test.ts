/* eslint-disable @typescript-eslint/no-explicit-any -- reads rendered documents as a person does */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { renderManifests, type ManifestFile } from '../src/manifests';
import { countDispensable } from '../src/manifests/workload';
import { loadTopology, parseTopologySpec, resolveTopology, type Organisation, type Topology } from '../src/topology';
import { findComposeMistakes } from './support/check-compose';
import { findKubernetesMistakes } from './support/check-kubernetes';

const folder = join(__dirname, '..', 'topologies');
const options = { root: '/srv/consortium', ledger: 'fabric' } as const;
const DEFAULT = loadTopology(join(folder, 'default.json'), options);
const FIVE = loadTopology(join(folder, 'five-members.json'), options);

/** Names and numbers that no other topology here has, so that whatever else is said of an organisation comes from the code. */
const OTHERS = newOtherTopology();

function newOtherTopology(): Topology {
  const spec = JSON.parse(readFileSync(join(folder, 'default.json'), 'utf8'));
  const names = ['quill', 'osprey', 'larch', 'tern', 'fjord', 'basalt', 'umber'];
  const organisations = names.map((name) => ({ name, title: `The ${name}`, mspId: `${name}Members`, role: 'hospital' }));
  return resolveTopology(
    parseTopologySpec(
      JSON.stringify({
        ...spec,
        name: 'elsewhere',
        channel: 'other',
        domain: 'elsewhere.example',
        organisations,
        chaincode: { ...spec.chaincode, first: [] },
      }),
      'others.json',
    ),
    options,
  );
}

const TOPOLOGIES: [string, Topology][] = [
  ['default', DEFAULT],
  ['five members', FIVE],
  ['seven others', OTHERS],
];

interface Container {
  readonly name: string;
  readonly [field: string]: any;
}

const rendered = new Map<Topology, ManifestFile[]>();
const parsed = new Map<ManifestFile, unknown[]>();

/** Rendered once for all tests: reading YAML is slow. */
function render(topology: Topology): ManifestFile[] {
  const files = rendered.get(topology) ?? renderManifests(topology, '1.2.3');
  rendered.set(topology, files);
  return files;
}

function parseFile(file: ManifestFile): unknown[] {
  const documents = parsed.get(file) ?? parseAllDocuments(file.text).map((document) => document.toJS() as unknown);
  parsed.set(file, documents);
  return documents;
}

/** Parsed documents of the files whose path fits. */
function documentsOf(topology: Topology, ...fits: RegExp[]): any[] {
  return render(topology)
    .filter(({ path }) => fits.every((each) => each.test(path)))
    .flatMap(parseFile);
}

const COMPOSE = /^compose\/[^/]+\.yaml$/;
const isComposeProject = (document: any): boolean => 'services' in document || 'include' in document;

function objectsOf(topology: Topology, fits = /^kubernetes\//): any[] {
  return documentsOf(topology, fits, /\.yaml$/).filter((document) => 'kind' in document && document.kind !== 'Kustomization');
}

function servicesOf(topology: Topology): [string, any][] {
  return documentsOf(topology, COMPOSE).flatMap(({ services = {} }) => Object.entries(services));
}

/** Pod specifications of a cluster's objects, each with its only container. */
function podsOf(topology: Topology): { spec: any; container: Container }[] {
  return objectsOf(topology).flatMap(({ spec }) => {
    const pod = spec?.template?.spec;
    return pod === undefined ? [] : pod.containers.map((container: Container) => ({ spec: pod, container }));
  });
}

const PINNED = /^[a-z0-9./-]+:v?\d+\.\d+\.\d+$/;

describe.each(TOPOLOGIES)('manifests of the topology %s', (_, topology) => {
  it('are what the Compose specification allows', () => {
    const projects = documentsOf(topology, COMPOSE).filter(isComposeProject);
    expect(projects.length).toBeGreaterThan(topology.organisations.length);
    expect(projects.flatMap(findComposeMistakes)).toEqual([]);
  });

  it('are what Kubernetes takes, without a field that it does not know', () => {
    const objects = objectsOf(topology);
    expect(objects.length).toBeGreaterThan(topology.organisations.length * 10);
    expect(objects.flatMap((object) => findKubernetesMistakes(object).map((mistake) => `${object.kind} ${mistake}`))).toEqual([]);
  });

  it('name no object and no file twice', () => {
    // Whom Prometheus watches is said once for each who watches, and applied by one of them.
    const names = objectsOf(topology, /^kubernetes\/(?!.*\.monitoring\/)/).map(
      ({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''} ${metadata.name}`,
    );
    const paths = render(topology).map(({ path }) => path);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([]);
  });

  it('hold no secret: neither a key, nor a certificate, nor an object with a secret’s value', () => {
    for (const { path, text } of render(topology)) {
      expect(`${path}: ${/-----BEGIN|PRIVATE KEY|password: \S|secret: \S{8}/i.exec(text)?.[0] ?? 'nothing'}`).toBe(`${path}: nothing`);
    }
    expect(objectsOf(topology).filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  it('take every image by its version', () => {
    const images = [...servicesOf(topology).map(([, { image }]) => image), ...podsOf(topology).map(({ container }) => container.image)];
    expect(images.filter((image) => !PINNED.test(image))).toEqual([]);
    expect(images).toEqual(
      expect.arrayContaining(['hyperledger/fabric-peer:3.1.5', 'hyperledger/fabric-orderer:3.1.5', 'medaccord:1.2.3']),
    );
  });

  it('give every container in Compose no privilege, a root file system that it cannot write, a health check and a limit', () => {
    for (const [name, service] of servicesOf(topology)) {
      expect({ name, ...service }).toMatchObject({ name, read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
      expect(service).not.toHaveProperty('privileged');
      if (service.restart === 'no') continue;
      expect({ name, ...service }).toMatchObject({
        user: '${MEDACCORD_UID:-1000}:${MEDACCORD_GID:-1000}',
        restart: 'unless-stopped',
        deploy: { resources: { limits: { memory: expect.stringMatching(/^\d+m$/) } } },
        healthcheck: { test: expect.arrayContaining(['CMD']) },
      });
    }
  });

  it('let root do one thing in Compose: hand new volumes over, without a network, and end', () => {
    const root = servicesOf(topology).filter(([, { user }]) => user.startsWith('0'));
    expect(root.length).toBeGreaterThan(0);
    for (const [name, service] of root) {
      expect({ name, ...service }).toMatchObject({ command: expect.arrayContaining(['chown']), network_mode: 'none', restart: 'no' });
      expect(service.cap_add).toEqual(['CHOWN']);
    }
  });

  it('publish nothing beyond this machine in Compose, but what other members must reach and the operator lets them', () => {
    const published = servicesOf(topology).flatMap(([name, { ports = [] }]) => ports.map((port: string) => `${name} ${port}`));
    const open = published.filter((port) => !port.includes(' 127.0.0.1:'));
    expect(open.filter((port) => !/-(peer|orderer) \$\{MEDACCORD_PUBLISH:-127\.0\.0\.1\}:/.test(port))).toEqual([]);
    expect(open).toHaveLength(topology.organisations.length + countOrderers(topology));
  });

  it('substitute nothing in Compose but what an operator may set', () => {
    const text = render(topology)
      .filter(({ path }) => COMPOSE.test(path))
      .map((file) => file.text)
      .join('');
    const variables = [...text.matchAll(/\$(.[A-Z_]*)/g)].map(([, name]) => name);
    expect([...new Set(variables)].sort()).toEqual(OPERATOR_SETS.map((name) => `{${name}`));
  });

  it('run every pod as nobody in particular, with three probes, a root file system that it cannot write, and a limit of memory', () => {
    for (const { spec, container } of podsOf(topology)) {
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(spec.securityContext.runAsUser).toBeGreaterThan(0);
      expect(container).toMatchObject({
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        resources: { requests: { cpu: expect.any(String), memory: expect.any(String) }, limits: { memory: expect.any(String) } },
        startupProbe: expect.any(Object),
        livenessProbe: expect.any(Object),
        readinessProbe: expect.any(Object),
      });
    }
  });

  it('bind nothing in Compose that is neither rendered nor the operator’s', () => {
    const folders = new Set(render(topology).flatMap(({ path }) => [path, dirname(path)]));
    for (const [name, { volumes = [] }] of servicesOf(topology)) {
      for (const { type, source } of volumes) {
        if (type === 'volume' || source.startsWith('${MEDACCORD_ORGANISATIONS:-./organisations}/')) continue;
        expect({ name, source, rendered: folders.has(join('compose', source)) }).toEqual({ name, source, rendered: true });
      }
    }
  });

  it('make every Secret and ConfigMap that pods read and nobody renders out of the material, by a script', () => {
    for (const { kind, metadata, spec } of objectsOf(topology)) {
      const sources = (spec?.template?.spec?.volumes ?? []).flatMap(({ projected }: any) => projected?.sources ?? []);
      const script = render(topology).find(
        ({ path, text }) => path.endsWith('/material.sh') && text.includes(`--namespace ${metadata.namespace} `),
      );
      for (const { secret, configMap } of sources) {
        const { name, items } = secret ?? configMap;
        if (secret === undefined && isBrought(topology, name)) continue;
        const [, made = ''] =
          new RegExp(`create ${secret === undefined ? 'configmap' : 'secret generic'} ${name} ([^]*?)(\ncreate|$)`).exec(
            script?.text ?? '',
          ) ?? [];
        for (const { key } of items) expect(`${kind} ${metadata.name}, ${name}: ${made}`).toContain(`--from-file=${key}=`);
      }
    }
  });

  it('mount every volume that is there, and no other', () => {
    for (const { spec, container } of podsOf(topology)) {
      const claims = objectsOf(topology).flatMap(({ spec: owner }) =>
        owner?.template?.spec?.containers?.[0]?.name === container.name ? (owner.volumeClaimTemplates ?? []) : [],
      );
      const volumes = new Set([...spec.volumes, ...claims.map(({ metadata }: any) => metadata)].map(({ name }) => name));
      expect(new Set(container['volumeMounts'].map(({ name }: any) => name))).toEqual(volumes);
    }
  });

  it('refer to ConfigMaps that they bring, and to no others but those that an operator makes of the material', () => {
    const sources = podsOf(topology).flatMap(({ spec }) => spec.volumes.flatMap(({ projected }: any) => projected?.sources ?? []));
    const named = sources.flatMap(({ configMap }: any) => (configMap === undefined ? [] : [configMap.name]));
    expect([...new Set(named.filter((name: string) => !isBrought(topology, name)))].sort()).toEqual(['member-roots', 'organisation-msp']);
  });

  it('let one orderer go at a time, and none where none may be missing', () => {
    const budgets = objectsOf(topology).filter(({ kind }) => kind === 'PodDisruptionBudget');
    const orderers = countOrderers(topology);
    expect(budgets).toHaveLength(orderers);
    for (const { spec } of budgets) expect(spec.maxUnavailable).toBe(orderers >= 4 ? 1 : 0);
  });
});

const OPERATOR_SETS = ['MEDACCORD_GID', 'MEDACCORD_ORGANISATIONS', 'MEDACCORD_PACKAGE_ID', 'MEDACCORD_PUBLISH', 'MEDACCORD_UID'];

function isBrought(topology: Topology, name: string): boolean {
  return objectsOf(topology).some(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
}

function countOrderers({ organisations }: Topology): number {
  return organisations.filter(({ nodes }) => nodes.orderer !== undefined).length;
}

describe('manifests', () => {
  it('name no organisation that is not in the topology', () => {
    const all = render(OTHERS)
      .map(({ path, text }) => `${path}\n${text}`)
      .join('\n');
    for (const { name, title, mspId } of FIVE.organisations) {
      for (const word of [name, title, mspId]) expect(all.toLowerCase()).not.toMatch(new RegExp(`\\b${word.toLowerCase()}\\b`));
    }
    for (const { name, mspId } of OTHERS.organisations) expect(all).toMatch(new RegExp(`\\b${name}\\b[^]*\\b${mspId}\\b`));
  });

  it('name their own network, channel and domain alone', () => {
    const all = render(OTHERS)
      .map(({ path, text }) => `${path}\n${text}`)
      .join('\n');
    expect(all).not.toContain('medaccord.internal');
    expect(all).toContain('peer.quill.elsewhere.example');
    expect(all).toContain('peer.elsewhere-quill.svc.cluster.local');
  });

  it('do not depend on where the topology was read', () => {
    const elsewhere = loadTopology(join(folder, 'default.json'), {
      root: '/home/somebody',
      runFolder: '/var/run-elsewhere',
      ledger: 'fabric',
    });
    expect(renderManifests(elsewhere, '1.2.3')).toEqual(render(DEFAULT));
  });

  it('are refused to an organisation whose name is that of everybody’s files', () => {
    const [first, ...others] = DEFAULT.organisations;
    for (const name of ['all', 'monitoring']) {
      const topology = { ...DEFAULT, organisations: [...others, { ...(first as Organisation), name }] };
      expect(() => renderManifests(topology, '1.2.3')).toThrow(expect.objectContaining({ code: 'ORGANISATION_NAME_TAKEN' }));
    }
  });

  it('have the transactions of a first deployment as Fabric’s command line takes them', () => {
    const [file, ...more] = render(DEFAULT).filter(({ path }) => path.startsWith('transactions/'));
    const [expected] = DEFAULT.chaincode.first;
    expect(more).toEqual([]);
    expect(file?.path).toBe('transactions/01-authority-AdoptRules.json');
    const call = JSON.parse(file?.text ?? '');
    expect({ ...call, Args: call.Args.map((text: string) => JSON.parse(text)) }).toEqual({
      function: expected?.transaction,
      Args: expected?.arguments,
    });
  });

  it('count how many orderers may be missing as the ordering service does', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 10].map(countDispensable)).toEqual([0, 0, 0, 1, 1, 1, 2, 3]);
  });

  it('have no orderer for a member that runs none', () => {
    const paths = render(FIVE).map(({ path }) => path);
    expect(paths).toContain('kubernetes/riverside/peer.yaml');
    expect(paths).not.toContain('kubernetes/riverside/orderer.yaml');
    expect(Object.keys(parse(render(FIVE).find(({ path }) => path === 'compose/riverside.yaml')?.text ?? '').services)).toEqual([
      'riverside-volumes',
      'riverside-peer',
      'riverside-chaincode',
      'riverside-ca',
      'riverside-gateway',
    ]);
  });
});
