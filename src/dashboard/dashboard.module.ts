import { Module } from '@nestjs/common';
import { DashboardController } from './dashboard.controller.js';
import { WebFiles } from './web-files.js';

@Module({ controllers: [DashboardController], providers: [WebFiles] })
export class DashboardModule {}
