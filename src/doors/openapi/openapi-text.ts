import type { INestApplication } from '@nestjs/common';
import { buildOpenApi } from './build-openapi.js';
import { productVersion } from './product-version.js';

const texts = new WeakMap<INestApplication, string>();

/** The document as it is served and committed; built when it is first asked for, which is after start-up. */
export function openApiText(app: INestApplication): string {
  let text = texts.get(app);
  if (text === undefined) texts.set(app, (text = `${JSON.stringify(buildOpenApi(app, productVersion()), null, 2)}\n`));
  return text;
}
