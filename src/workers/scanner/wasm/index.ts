export { applyLevel, applyMessage, checksum, digest, isCrossed, truncate } from './book';
export { hashOf, scan } from './scan';
export { isAscii } from './text';
