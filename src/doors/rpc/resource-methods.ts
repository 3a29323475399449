import {
  Choice,
  JsonObject,
  type ResourceAccess,
  type ResourcePort,
  Str,
  invalid,
  validateRequest,
} from '../../operations/index.js';

const URI = { min: 1, max: 500, example: 'db://leads' };

export class ReadResourceRequest {
  @Str(URI) uri!: string;
  @Choice(['read'], { optional: true }) scope?: string;
  @JsonObject({ optional: true }) query?: Record<string, unknown>;
}

export class SearchResourceRequest {
  @Str(URI) uri!: string;
  @JsonObject({ optional: true }) query?: Record<string, unknown>;
  @Choice(['read', 'search'], { optional: true }) scope?: string;
}

export class WriteResourceRequest {
  @Str(URI) uri!: string;
  @JsonObject() data!: Record<string, unknown>;
  @Choice(['write'], { optional: true }) scope?: string;
}

export interface ResourceMethod {
  readonly request: new () => object;
  call(input: object, resources: ResourcePort, access: ResourceAccess): Promise<unknown>;
}

/** `resource.*`: the data by its address, under the scopes of the resource behind it. */
export const RESOURCE_METHODS: Readonly<Record<string, ResourceMethod>> = {
  'resource.read': {
    request: ReadResourceRequest,
    call: async (input, resources, access) => {
      const { uri, query = {} } = validateRequest(ReadResourceRequest, input);
      return resources.read(checkedUri(uri), query, access);
    },
  },
  'resource.search': {
    request: SearchResourceRequest,
    call: async (input, resources, access) => {
      const { uri, query = {} } = validateRequest(SearchResourceRequest, input);
      // views gather facts for the agents of this process, whose queries are made by code
      if (query.view !== undefined) throw invalid('query.view', 'is not offered here');
      return resources.search(checkedUri(uri), query, access);
    },
  },
  'resource.write': {
    request: WriteResourceRequest,
    call: async (input, resources, access) => {
      const { uri, data } = validateRequest(WriteResourceRequest, input);
      return resources.write(checkedUri(uri), data, access);
    },
  },
};

function checkedUri(uri: string): string {
  if (!/^[a-z]+:\/\/[^#]+$/.test(uri)) throw invalid('uri', 'must be an address such as db://leads or db://leads/{id}');
  return uri;
}
