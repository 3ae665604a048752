export { applyLevel, applyMessage, checksum, truncate } from './book';
export { hashOf, scan } from './scan';
