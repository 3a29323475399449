export { RestAliasesModule } from './rest-aliases.module.js';
