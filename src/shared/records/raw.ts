import { defineRecord, u8, u32 } from '../layout/define-record.ts';
import { HEADER_FIELDS } from './record-header.ts';

/** One WebSocket message as received, for generic use, or a part of one. */
export const RAW = defineRecord({
  name: 'raw',
  typeId: 10,
  size: 48,
  tail: 'payload, `payloadBytes` long; zeros up to a multiple of 8',
  fields: {
    ...HEADER_FIELDS,
    payloadBytes: u32('bytes of the payload that follows'),
    opcode: u8<0 | 1 | 2 | 8 | 9 | 10>(
      '1 text, 2 binary, 0 more of the message before; 8 close, 9 ping, 10 pong',
    ),
    more: u8<0 | 1 | 2>('1 where other frames of this message follow, 2 where more of this frame does'),
    ascii: u8<0 | 1>('1 where no byte of the payload is above 127'),
    reserved: u8<0>('zero'),
  },
});
