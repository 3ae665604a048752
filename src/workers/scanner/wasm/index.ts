export { applyLevel, applyMessage, checksum, isCrossed, truncate } from './book';
export { hashOf, scan } from './scan';
export { isAscii } from './text';
