import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKey } from '../api-keys/api-key.entity.js';
import { User } from '../users/user.entity.js';
import { People } from './people.js';

/** People for modules that do not let anybody in. */
@Module({ imports: [TypeOrmModule.forFeature([ApiKey, User])], providers: [People], exports: [People] })
export class PeopleModule {}
