export { ROUTE_MARK, type RouteMark } from './rest-controller.js';
export { type Address, addressesOf, fieldOf } from './rest-route.js';
export { RestModule } from './rest.module.js';
