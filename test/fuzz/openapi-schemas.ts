import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { JsonSchema } from '../../src/operations/index.js';

export interface DocumentedParameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: JsonSchema;
}
type Content = Record<string, { schema: JsonSchema }>;
export interface DocumentedResponse {
  description: string;
  content?: Content;
}
export interface DocumentedOperation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  security: object[];
  parameters: DocumentedParameter[];
  requestBody?: { required: boolean; content: Content };
  responses: Record<string, DocumentedResponse>;
}
export interface OpenApiDocument {
  openapi: string;
  info: { license?: { name: string } };
  servers: object[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: Record<'schemas' | 'responses' | 'parameters', Record<string, JsonSchema>>;
}

export interface FoundOperation {
  method: string;
  path: string;
  operation: DocumentedOperation;
}

/**
 * All operations of the document, their references to parameters and responses (not to schemas) replaced by what they
 * name.
 */
export function operationsOf(document: OpenApiDocument): FoundOperation[] {
  const follow = <T>(value: T): T => {
    const [, kind, name] = /^#\/components\/(responses|parameters)\/(.+)$/.exec((value as JsonSchema).$ref ?? '') ?? [];
    return kind && name ? (document.components[kind as 'responses' | 'parameters'][name] as T) : value;
  };
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation: {
        ...operation,
        parameters: operation.parameters.map(follow),
        responses: Object.fromEntries(
          Object.entries(operation.responses).map(([status, response]) => [status, follow(response)]),
        ),
      },
    })),
  );
}

/** Compiles the document's schemas as JSON Schema 2020-12, strictly. */
export class SchemaChecker {
  private readonly ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: true });
  private readonly compiled = new Map<string, ValidateFunction>();
  private readonly definitions: Record<string, JsonSchema>;

  constructor(document: OpenApiDocument) {
    addFormats.default(this.ajv);
    // ajv would take OpenAPI's `components` for a keyword
    this.definitions = JSON.parse(
      JSON.stringify(document.components.schemas).replaceAll('#/components/schemas/', '#/$defs/'),
    );
  }

  get names(): string[] {
    return Object.keys(this.definitions);
  }

  /** @returns what is wrong with the value, or undefined. @throws Error when the schema itself is wrong */
  fault(schema: JsonSchema, value: unknown): string | undefined {
    const text = JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/');
    let validate = this.compiled.get(text);
    if (!validate)
      this.compiled.set(
        text,
        (validate = this.ajv.compile({ ...(JSON.parse(text) as object), $defs: this.definitions })),
      );
    if (validate(value)) return undefined;
    return validate.errors!.map(({ instancePath, message }) => `${instancePath || 'the answer'} ${message}`).join('; ');
  }
}
