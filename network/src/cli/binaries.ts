import { describeFabricBinaries, digestFile, findFabricBinaries } from '../binaries';
import { NETWORK_OPTIONS, parseCommand, reporterOf, topologyOf, type Command } from './command';
import { EXIT } from './exit-codes';

const OPTIONS = { ...NETWORK_OPTIONS, archive: { type: 'string' }, sha256: { type: 'string' } } as const;

/** `binaries`: finds Fabric's programs, or fetches the release of the topology's version, and says which way led where. */
export const binaries: Command = async (argv, config) => {
  const { values } = parseCommand(argv, OPTIONS);
  const reporter = reporterOf(values, config);
  const topology = topologyOf(values, config);
  const { archive = config.fabric.archive, sha256 = config.fabric.sha256 } = values;
  const found = await findFabricBinaries(topology.fabric, { ...config.fabric, archive, sha256 }, { tell: (text) => reporter.note(text) });
  const programs = await Promise.all(
    Object.entries(found.programs).map(async ([name, file]) => ({ name, file, sha256: await digestFile(file) })),
  );
  const lines = programs.map(({ name, file, sha256: digest }) => `  ${name.padEnd(13)} ${digest}  ${file}`);
  reporter.result('binaries', [describeFabricBinaries(found), ...lines].join('\n'), { ...found, programs });
  return EXIT.done;
};
