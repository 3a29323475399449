export { type CheckedTarget, OutboundGuard, OutboundRefusal } from './outbound-guard.js';
export { OutboundModule } from './outbound.module.js';
export { type PinnedAnswer, postPinned } from './post-pinned.js';
