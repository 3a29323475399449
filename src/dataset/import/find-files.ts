import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { invalid } from '../../errors/index.js';
import { csvHeader } from './csv-rows.js';
import { DATASET_FILES, type DatasetFile } from '../dataset-files.js';
import { newFileReport, type FileReport } from './import-report.js';
import { headerProblem } from './row-parser.js';

/** A file whose header is right. */
export interface FoundFile {
  readonly spec: DatasetFile;
  readonly path: string;
  readonly bytes: number;
  readonly header: readonly string[];
}

/**
 * Looks for the 18 files in a folder and reads their headers. There is a report for each of the 18, and a found file
 * for each that can be read.
 * @throws AppError (invalid) when the folder holds none of them
 */
export async function findFiles(folder: string): Promise<{ reports: FileReport[]; found: FoundFile[] }> {
  const reports: FileReport[] = [];
  const found: FoundFile[] = [];
  for (const spec of DATASET_FILES) {
    const report = newFileReport(spec.file);
    reports.push(report);
    const path = join(folder, spec.file);
    const bytes = await sizeOf(path);
    if (bytes === undefined) {
      report.status = 'missing';
      continue;
    }
    const header = await readHeader(path, spec);
    if ('problem' in header) Object.assign(report, { status: 'refused', reason: header.problem });
    else found.push({ spec, path, bytes, header: header.names });
  }
  if (reports.every(({ status }) => status === 'missing')) {
    throw invalid('folder', `${folder} holds none of the data set's 18 files (campaigns.csv, leads.csv and so on)`);
  }
  return { reports, found };
}

async function readHeader(
  path: string,
  spec: DatasetFile,
): Promise<{ names: readonly string[] } | { problem: string }> {
  const header = await csvHeader(path);
  if (!header) return { problem: 'the file is empty, or its first line never ends' };
  if ('problem' in header) return { problem: `line 1: ${header.problem}` };
  const problem = headerProblem(spec, header.cells);
  return problem ? { problem } : { names: header.cells };
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** SHA-1 of the content: not a secret, only a name for it. */
export async function fingerprintOf(path: string): Promise<string> {
  const sha1 = createHash('sha1');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) sha1.update(chunk as Buffer);
  return sha1.digest('hex');
}
