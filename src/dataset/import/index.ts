export { DatasetImporter, type ImportOptions, type ImportProgress } from './dataset-importer.js';
export type { FileReport, ImportReport, Refusal } from './import-report.js';
export { ImportModule } from './import.module.js';
