import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CallTasks, Offerings, TaskQuestions } from '../../src/doors/mcp/index.js';
import { ASKING_TOOLS } from './asking-tools.js';
import { ChangingLists } from './changing-lists.js';
import { CONTENT_TOOLS } from './content-tools.js';
import { FIXTURE_PROMPTS } from './fixture-prompts.js';
import { FIXTURE_RESOURCES, FIXTURE_TEMPLATES } from './fixture-resources.js';
import { INPUT_REQUIRED_TOOLS } from './input-required-tools.js';
import { LIVE_TOOLS } from './live-tools.js';
import { taskTools } from './task-tools.js';

/**
 * What the MCP conformance suite calls. The names and texts are the suite's.
 */
@Injectable()
export class FixturesOffering implements OnModuleInit {
  constructor(
    private readonly offerings: Offerings,
    private readonly tasks: CallTasks,
    private readonly questions: TaskQuestions,
  ) {}

  onModuleInit(): void {
    const changing = new ChangingLists(this.offerings);
    this.offerings.add(() => ({
      tools: [
        ...CONTENT_TOOLS,
        ...LIVE_TOOLS,
        ...ASKING_TOOLS,
        ...INPUT_REQUIRED_TOOLS,
        ...taskTools({ tasks: this.tasks, questions: this.questions }),
        ...changing.tools(),
      ],
      resources: FIXTURE_RESOURCES,
      templates: FIXTURE_TEMPLATES,
      prompts: [...FIXTURE_PROMPTS, ...changing.prompts()],
    }));
  }
}
