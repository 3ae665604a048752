export { applyLevel, applyMessage, checksum, digest, isCrossed, truncate } from './book';
export { scan } from './scan';
export * from './shapes';
export { isAscii } from './text';
export { hashOf } from './values';
