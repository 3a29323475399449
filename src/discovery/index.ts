export { MarkedMethodsModule } from './marked-methods.module.js';
export { type MarkedMethod, MarkedMethods } from './marked-methods.js';
