import { defineRecord } from '../layout/define-record.ts';
import { HEADER_FIELDS, HEADER_SIZE } from './record-header.ts';

/** The header alone, to read what every record has without knowing which record it is. */
export const HEADER = defineRecord({ name: 'header', typeId: 0, size: HEADER_SIZE, fields: HEADER_FIELDS });
