import { Entity } from 'typeorm';
import { Id, Text, Timestamp } from '../../database/index.js';

/** The secret by which links in messages are signed, known by its fingerprint: links of another one are dead here. */
@Entity('link_keys')
export class LinkKey {
  @Id() purpose!: string;
  @Text() fingerprint!: string;
  @Timestamp() since!: string;
}
