import { statSync } from 'node:fs';
import { openRecordingSource } from '../recording';
import { openFolderSource, type BlockSource } from '../verify';

/** Blocks that are kept in files: a folder of them, or a recording. */
export async function openKeptBlocks(place: string): Promise<BlockSource> {
  const isFile = statSync(place, { throwIfNoEntry: false })?.isFile() === true;
  return isFile ? openRecordingSource(place) : openFolderSource(place);
}
