import { Entity, Index } from 'typeorm';
import { Id, Text, Timestamp } from '../../database/index.js';

/** The data set's mechanisms are mTLS, OIDC and APIKey; Herald's own sign-ins add Password and JWT. */
export const AUTH_MECHANISMS = ['mTLS', 'OIDC', 'APIKey', 'Password', 'JWT'] as const;
export type AuthMechanism = (typeof AUTH_MECHANISMS)[number];

export const AUTH_RESULTS = ['success', 'failure', 'expired', 'denied'] as const;
export type AuthResult = (typeof AUTH_RESULTS)[number];

/** One attempt to get in, imported or Herald's own; the columns are the data dictionary's. */
@Entity('security_auth_events')
@Index('idx_security_auth_events_timestamp', ['timestamp', 'event_id'])
@Index('idx_security_auth_events_principal', ['principal', 'timestamp'])
export class SecurityAuthEvent {
  @Id() event_id!: string;
  @Timestamp() timestamp!: string;
  /** Who tried: a service's name, a user's email or a key's name. */
  @Text() principal!: string;
  @Text() auth_mechanism!: AuthMechanism;
  /** The scope that was asked for; for Herald's own sign-ins what was attempted (`session`). */
  @Text() scope!: string;
  @Text() result!: AuthResult;
  @Text() ip!: string;
}
