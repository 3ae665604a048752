import { defineRecord, u8, u16, u32 } from '../layout/define-record.ts';
import { HEADER_FIELDS } from './record-header.ts';

/** One WebSocket message as received, for generic use. */
export const RAW = defineRecord({
  name: 'raw',
  typeId: 10,
  size: 48,
  tail: 'payload, `payloadBytes` long; zeros up to a multiple of 8',
  fields: {
    ...HEADER_FIELDS,
    payloadBytes: u32('bytes of the payload that follows'),
    opcode: u8<1 | 2>('1 text, 2 binary'),
    reserved: u8<0>('zero'),
    reserved2: u16<0>('zero'),
  },
});
