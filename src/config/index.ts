export { Clock, FixedClock, SystemClock } from './clock.js';
export { ConfigModule } from './config.module.js';
export { newId } from './new-id.js';
export { createRandom, type Random } from './random.js';
export { Settings, SettingsError, type QueueMode, type Role } from './settings.js';
