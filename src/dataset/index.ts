export { DATASET_FILES, type Column, type ColumnType, type DatasetFile, type TableName } from './dataset-files.js';
export { DatasetExporter, type ExportOptions, type ExportReport } from './dataset-exporter.js';
export { DatasetModule } from './dataset.module.js';
export { DemoData } from './demo-data.js';
export { lastFullDay } from './generator/calendar.js';
export { generateDataset, type GenerateOptions, type GenerateReport } from './generator/generate-dataset.js';
export type { GroundTruthFile } from './generator/ground-truth.js';
export {
  DatasetImporter,
  type FileReport,
  type ImportOptions,
  type ImportProgress,
  type ImportReport,
  type Refusal,
} from './import/index.js';
export { answerTouch, type LeadAnswer } from './simulator/lead-answers.js';
export { type Touch } from './simulator/answer-probability.js';
export { type SimBounds, simBounds } from './simulator/sim-bounds.js';
export { type SimWorld, type WorldKind, planWorld } from './simulator/sim-world.js';
