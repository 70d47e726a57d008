export { Exporter, type ExporterOptions } from './exporter';
export { parseExportRequest, type ExportRequest } from './export-request';
export type { ExportFile, ExportJob } from './export-job';
