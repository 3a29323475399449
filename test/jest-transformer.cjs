// Turns every ES module that a test reaches into CommonJS, because jest on Node 20 cannot require() ES modules.
const { createTransformer } = require('@swc/jest');
const { readFileSync, existsSync } = require('node:fs');
const { dirname, join } = require('node:path');

const target = { target: 'es2022', keepClassNames: true };
const module_ = { type: 'commonjs' };
const typescript = createTransformer({
  jsc: {
    ...target,
    parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
  module: module_,
  sourceMaps: 'inline',
});
const javascript = createTransformer({
  jsc: { ...target, parser: { syntax: 'ecmascript', importAttributes: true } },
  module: module_,
  sourceMaps: false,
});

const moduleFolders = new Map();
function isModuleFolder(folder) {
  if (moduleFolders.has(folder)) return moduleFolders.get(folder);
  const manifest = join(folder, 'package.json');
  const parent = dirname(folder);
  const answer = existsSync(manifest)
    ? JSON.parse(readFileSync(manifest, 'utf8')).type === 'module'
    : parent !== folder && isModuleFolder(parent);
  moduleFolders.set(folder, answer);
  return answer;
}

/** The transformer for a file, or null where the file is CommonJS already. */
function transformerFor(source, file) {
  if (/\.[cm]?tsx?$/.test(file)) return typescript;
  const isModule = /\.mjs$/.test(file) || (/\.js$/.test(file) && isModuleFolder(dirname(file)));
  return isModule || /\bimport\s*\(/.test(source) ? javascript : null;
}

module.exports = {
  canInstrument: false,
  process(source, file, options) {
    const transformer = transformerFor(source, file);
    return transformer ? transformer.process(source, file, options) : { code: source };
  },
  getCacheKey(source, file, options) {
    return (transformerFor(source, file) ?? javascript).getCacheKey(source, file, options) + 'v1';
  },
};
