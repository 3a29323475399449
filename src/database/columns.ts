import { Column, type ColumnOptions, PrimaryColumn } from 'typeorm';

/**
 * Column types that mean the same on SQLite and PostgreSQL. Every column of the project is made by one of these.
 * Times are ISO-8601 UTC text with milliseconds, so that text order is time order on both.
 */
export interface ColumnChoice {
  nullable?: boolean;
  default?: string | number | boolean;
}

const column = (type: ColumnOptions['type'], choice: ColumnChoice, more: ColumnOptions = {}): PropertyDecorator =>
  Column({
    type,
    nullable: choice.nullable ?? false,
    ...(choice.default !== undefined && { default: choice.default }),
    ...more,
  } as ColumnOptions);

/** Primary key; several on one entity make a composite key. */
export const Id = (): PropertyDecorator => PrimaryColumn({ type: 'varchar' });
/** Primary key that is a whole number and goes up. */
export const NumberId = (): PropertyDecorator => PrimaryColumn({ type: 'bigint' });
/** Primary key that is a whole number below 2^31; SQLite keeps the rows in its order. */
export const RowId = (): PropertyDecorator => PrimaryColumn({ type: 'integer' });
/** Id of a row elsewhere. */
export const Ref = (choice: ColumnChoice = {}): PropertyDecorator => column('varchar', choice);
export const Text = (choice: ColumnChoice = {}): PropertyDecorator => column('text', choice);
/** ISO-8601 UTC with milliseconds. */
export const Timestamp = (choice: ColumnChoice = {}): PropertyDecorator => column('varchar', choice);
/** YYYY-MM-DD. */
export const Day = (choice: ColumnChoice = {}): PropertyDecorator => column('varchar', choice);
/** US dollars with six decimals. Sums go through `sumUsd`, not through binary floats. */
export const Money = (choice: ColumnChoice = {}): PropertyDecorator =>
  column('decimal', choice, { precision: 18, scale: 6 });
export const Real = (choice: ColumnChoice = {}): PropertyDecorator => column('double precision', choice);
export const Int = (choice: ColumnChoice = {}): PropertyDecorator => column('integer', choice);
/** A whole number up to 2^53. */
export const LongInt = (choice: ColumnChoice = {}): PropertyDecorator => column('bigint', choice);
export const Bool = (choice: ColumnChoice = {}): PropertyDecorator => column('boolean', choice);
/** Text that rows neither bring nor show: SQL of the module that owns the table reads it, and `updateEach` sets it. */
export const HiddenText = (): PropertyDecorator =>
  column('text', { nullable: true }, { insert: false, update: false, select: false });
export const Json = (choice: ColumnChoice = {}): PropertyDecorator => column('json', choice);
