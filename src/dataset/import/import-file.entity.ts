import { Entity } from 'typeorm';
import { Id, Int, Ref, Timestamp } from '../../database/index.js';

/**
 * How far the import of one file has come, written in the unit that writes its rows. The content identifies the file,
 * not its place.
 */
@Entity('import_files')
export class ImportFile {
  /** File name and SHA-1 of the content. */
  @Id() import_id!: string;
  @Ref() file!: string;
  @Ref() fingerprint!: string;
  /** Every row that starts on this line or before it is in the database (or was refused). */
  @Int() lines_done!: number;
  /** `running` or `done`. */
  @Ref() status!: string;
  @Int() rows_read!: number;
  @Int() rows_refused!: number;
  /** By how many days its times were moved; whole weeks. */
  @Int({ default: 0 }) shifted_days!: number;
  @Timestamp() updated_at!: string;
}
