import { Entity } from 'typeorm';
import { Id, Json, Text } from '../../database/index.js';

/** A named set of leads, given by inclusion rules. */
@Entity('segments')
export class Segment {
  @Id() segment_id!: string;
  @Text() name!: string;
  @Json() rules_json!: Record<string, unknown>;
  @Text() description!: string;
}
