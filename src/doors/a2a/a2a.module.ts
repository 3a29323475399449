import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../../auth/index.js';
import { WireModule } from '../wire/index.js';
import { A2aRows } from './a2a.rows.js';
import { HandlerParts } from './agent-handler.js';
import { SkillCatalog } from './agents/skill-catalog.js';
import { AgentCards } from './cards/agent-cards.js';
import { CardRoutes } from './cards/card-routes.js';
import { CardKey, CardSigner } from './cards/card-signer.js';
import { A2aGuard } from './http/a2a-call.js';
import { A2aDispatcher } from './http/a2a-dispatcher.js';
import { A2aRoutes } from './http/a2a-routes.js';
import { A2aPushConfig, PushConfigs, PushQueue } from './push/push-configs.js';
import { PushDelivery } from './push/push-delivery.js';
import { A2aMessage, A2aTask, A2aTaskEvent } from './tasks/a2a-task.entities.js';
import { ApprovalWatch } from './tasks/approval-watch.js';
import { TaskChanges } from './tasks/task-changes.js';
import { TaskFeed } from './tasks/task-feed.js';
import { TaskIntake } from './tasks/task-intake.js';
import { TaskLists } from './tasks/task-lists.js';
import { TaskLog } from './tasks/task-log.js';
import { TaskRunner } from './tasks/task-runner.js';
import { TaskStream } from './tasks/task-stream.js';
import { TaskSweep } from './tasks/task-sweep.js';

/** A2A 1.0 (and 0.3) at /a2a/{agent}: seven agents over the operations, with tasks that survive the process. */
@Module({
  imports: [AuthModule, WireModule, TypeOrmModule.forFeature([A2aTask, A2aTaskEvent, A2aMessage, A2aPushConfig])],
  providers: [
    A2aRows,
    SkillCatalog,
    CardKey,
    CardSigner,
    AgentCards,
    CardRoutes,
    TaskFeed,
    TaskLog,
    TaskIntake,
    TaskLists,
    TaskChanges,
    TaskStream,
    TaskRunner,
    ApprovalWatch,
    TaskSweep,
    PushQueue,
    PushConfigs,
    PushDelivery,
    HandlerParts,
    A2aDispatcher,
    A2aGuard,
    A2aRoutes,
  ],
})
export class A2aModule {}
