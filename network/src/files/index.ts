export { makePrivateFolder, writePrivateFile, writePublicFile } from './write-private-file';
