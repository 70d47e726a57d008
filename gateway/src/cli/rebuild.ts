import type { MspId } from '@medaccord/chaincode/model';
import { loadConfig } from '../config';
import { openCarrier } from '../organisation/open-carrier';
import { loadOrganisationKeys } from '../organisation/organisation-keys';
import { newReader, rebuildReadModel, type RebuildProgress } from '../rebuild';
import { loadLocalKey } from '../store';
import { EXIT, parseOptions, print, required, type Command } from './command';

const OPTIONS = {
  connection: { type: 'string' },
  data: { type: 'string' },
  keys: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;
/** Between two lines of progress, in milliseconds. */
const LINE_EVERY = 1_000;

/** `rebuild`: makes a gateway's read model anew from block 0, beside the one in use. */
export const rebuild: Command = async (argv) => {
  const { connection: file, data: folder, keys: keyFolder, json } = parseOptions(argv, OPTIONS);
  const named = { MEDACCORD_CONNECTION: required(file, '--connection'), MEDACCORD_DATA: folder, MEDACCORD_KEYS: keyFolder };
  const { connection, data, keys } = loadConfig(named);
  const { mspId, name } = connection.organisation;
  const carrier = openCarrier(connection);
  try {
    const done = await rebuildReadModel({
      mspId: mspId as MspId,
      data,
      key: loadLocalKey(keys),
      sealing: (await loadOrganisationKeys(keys)).sealing,
      ledger: newReader(carrier),
      onProgress: newReport(json),
    });
    if (json) print(JSON.stringify({ step: 'rebuild', ok: true, ...done }));
    else {
      print(
        `The read model of ${name} is made anew: ${String(done.blocks)} blocks, ${String(done.records)} record versions, ${String(done.claims)} claims.`,
      );
      print('The gateway takes it at its next start.');
    }
    return EXIT.done;
  } finally {
    carrier.close();
  }
};

/** A line a second, and one at the end of each part. */
function newReport(json: boolean): (progress: RebuildProgress) => void {
  let toldAt = 0;
  return ({ what, done, of }) => {
    if (done < of && Date.now() < toldAt + LINE_EVERY) return;
    toldAt = Date.now();
    print(json ? JSON.stringify({ step: 'rebuild', what, done, of }) : `  ${what}: ${String(done)} of ${String(of)}`);
  };
}
