import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AsOf } from './as-of.js';
import { AsOfRows } from './as-of.rows.js';
import { StatedDay } from './stated-day.entity.js';

@Module({ imports: [TypeOrmModule.forFeature([StatedDay])], providers: [AsOf, AsOfRows], exports: [AsOf] })
export class AsOfModule {}
