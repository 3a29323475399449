import type { INestApplication } from '@nestjs/common';
import { buildOpenApi } from './build-openapi.js';
import { productVersion } from './product-version.js';

const texts = new WeakMap<INestApplication, Promise<string>>();

/** The document as it is served and committed; built when it is first asked for, which is after start-up. */
export function openApiText(app: INestApplication): Promise<string> {
  let text = texts.get(app);
  if (text === undefined) texts.set(app, (text = writeOpenApi(app)));
  return text;
}

async function writeOpenApi(app: INestApplication): Promise<string> {
  return `${JSON.stringify(await buildOpenApi(app, productVersion()), null, 2)}\n`;
}
