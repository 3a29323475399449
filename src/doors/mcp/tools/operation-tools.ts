import type { CallToolResult, InputRequiredResult, Tool } from '@modelcontextprotocol/server';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  askedOfPerson,
  isForModels,
  OperationBus,
  OperationRegistry,
  type RegisteredOperation,
  resourceOf,
} from '../../../operations/index.js';
import { type McpCaller, type McpTool, Offerings } from '../offerings.js';
import { callOptions, ConfirmedCalls, TaskedCalls } from './tool-calls.js';
import { inputSchemaOf, outputSchemaOf } from './tool-schema.js';

/** The tools made from the operations: `lead.triage` is `lead_triage`. */
@Injectable()
export class OperationTools implements OnModuleInit {
  constructor(
    private readonly offerings: Offerings,
    private readonly registry: OperationRegistry,
    private readonly operations: OperationBus,
    private readonly confirmed: ConfirmedCalls,
    private readonly tasked: TaskedCalls,
  ) {}

  onModuleInit(): void {
    this.offerings.add(() => ({
      tools: this.registry
        .all()
        .filter(isForModels)
        .map((operation) => this.toTool(operation)),
    }));
  }

  private toTool(operation: RegisteredOperation): McpTool {
    return {
      definition: definitionOf(operation),
      scope: operation.permission,
      target: resourceOf(operation),
      isSpecial: operation.audience !== 'marketer',
      call: (input, caller) => this.run(operation, input, caller),
    };
  }

  private async run(
    operation: RegisteredOperation,
    input: Record<string, unknown>,
    caller: McpCaller,
  ): Promise<CallToolResult | InputRequiredResult> {
    if (operation.isDestructive || askedOfPerson(operation, input)) return this.confirmed.run(operation, input, caller);
    return this.tasked.run(
      operation,
      (options) => this.operations.call(operation.name, input, { ...callOptions(caller), ...options }),
      caller,
    );
  }
}

export function toolName(operation: string): string {
  return operation.replaceAll('.', '_');
}

function definitionOf(operation: RegisteredOperation): Tool {
  const { name, kind, request, response } = operation;
  const { isDestructive = false, isIdempotent = false, goesOutside = false } = operation;
  const isReadOnly = kind === 'query';
  return {
    name: toolName(name),
    title: titleOf(name),
    description: describe(operation),
    inputSchema: inputSchemaOf(request) as Tool['inputSchema'],
    outputSchema: outputSchemaOf(response) as NonNullable<Tool['outputSchema']>,
    annotations: {
      title: titleOf(name),
      readOnlyHint: isReadOnly,
      destructiveHint: isDestructive,
      idempotentHint: isReadOnly || isIdempotent,
      openWorldHint: goesOutside,
    },
  };
}

function describe({ summary, isDestructive, needsPerson }: RegisteredOperation): string {
  if (isDestructive || (needsPerson && !needsPerson.fields))
    return `${summary}. A person has to confirm it in the approval inbox first.`;
  if (!needsPerson?.fields) return `${summary}.`;
  return `${summary}. With ${needsPerson.fields.join(' or ')}, a person has to confirm it in the approval inbox first.`;
}

/** `api_key.list` → "Api key: list" */
function titleOf(name: string): string {
  const [noun = '', verb = ''] = name.replaceAll('_', ' ').split('.');
  return `${noun.charAt(0).toUpperCase()}${noun.slice(1)}: ${verb.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`)}`;
}
