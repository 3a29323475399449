import type { MigrationInterface } from 'typeorm';
import { InitialSchema1795000000000 } from './0001-initial-schema.js';

/** Every migration, oldest first. */
export const migrations: (new () => MigrationInterface)[] = [InitialSchema1795000000000];
