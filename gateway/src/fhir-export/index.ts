export { Exporter, type ExporterOptions } from './exporter';
export { parseExportRequest, type ExportRequest } from './export-request';
export type { ExportFile, ExportJob } from './export-job';
export { formatLines, formatUnread, isPassing, type ExportPage, type ExportScope, type ExportSource } from './export-source';
export { newRecordExporter, type RecordExporter } from './record-source';
