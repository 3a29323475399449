import type * as Swagger from '@nestjs/swagger';

type Decorator = ClassDecorator | MethodDecorator;
type Place = [target: object, key?: string | symbol, descriptor?: PropertyDescriptor];

let untold: { place: Place; describe: (swagger: typeof Swagger) => readonly Decorator[] }[] = [];

/**
 * What the API document says of a controller or a route, in Swagger's own decorators. They are applied when the
 * document is first asked for: loading Swagger, 550 files, would take a tenth of the start.
 */
export function ApiDocs(describe: (swagger: typeof Swagger) => readonly Decorator[]): ClassDecorator & MethodDecorator {
  return (...place: Place | [target: object]) => void untold.push({ place: place as Place, describe });
}

/** Loads Swagger and tells it what stands above the controllers. */
export async function swaggerWithDocs(): Promise<typeof Swagger> {
  const swagger = await import('@nestjs/swagger');
  const told = untold;
  untold = [];
  for (const { place, describe } of told) {
    // from the last to the first, as decorators above a method are
    for (const decorate of [...describe(swagger)].reverse()) (decorate as (...place: Place) => void)(...place);
  }
  return swagger;
}
