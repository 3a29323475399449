export { type HttpRouteConfig, configureHttp } from './configure-http.js';
export { httpOptions } from './http-options.js';
export { SystemModule } from './system.module.js';
