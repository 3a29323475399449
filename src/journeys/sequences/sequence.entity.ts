import { Entity, Index } from 'typeorm';
import { Id, Int, Json, Ref, Text, Timestamp } from '../../database/index.js';
import type { SequenceDefinition, SequenceEntry } from './sequence-definition.js';

/** active: takes people in · paused: nobody goes on in it · archived: out of use; those in it have left it. */
export const SEQUENCE_STATUSES = ['draft', 'active', 'paused', 'archived'] as const;
export type SequenceStatus = (typeof SEQUENCE_STATUSES)[number];

/** A sequence of messages: its draft, and which of its published versions is in force. */
@Entity('sequences')
export class Sequence {
  @Id() sequence_id!: string;
  @Text() name!: string;
  @Ref() status!: SequenceStatus;
  /** Of the version in force; null before the first. */
  @Ref({ nullable: true }) entry!: SequenceEntry | null;
  @Int({ nullable: true }) published_version!: number | null;
  @Json() draft!: SequenceDefinition;
  @Timestamp() created_at!: string;
  @Timestamp() updated_at!: string;
  @Int({ default: 1 }) version!: number;
}

/** A published version, which never changes: people in it stay on it until somebody moves them. */
@Entity('sequence_versions')
@Index('sequence_versions_unique', ['sequence_id', 'number'], { unique: true })
export class SequenceVersion {
  /** `<sequence>:<number>`. */
  @Id() version_id!: string;
  @Ref() sequence_id!: string;
  @Int() number!: number;
  @Json() definition!: SequenceDefinition;
  @Timestamp() published_at!: string;
  @Ref() published_by!: string;
}

export function versionId(sequenceId: string, number: number): string {
  return `${sequenceId}:${number}`;
}
