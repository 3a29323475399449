import { Module } from '@nestjs/common';
import { RestAliasesController } from './rest-aliases.controller.js';

@Module({ controllers: [RestAliasesController] })
export class RestAliasesModule {}
