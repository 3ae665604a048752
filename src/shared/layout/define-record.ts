/**
 * The only place that turns an offset into a read or a write.
 *
 * A record is declared once, as fields in the order they lie in memory. From the declaration come the
 * typed reads and writes, the types, the checks and the printed documentation.
 */

/** The byte order of every record. Fixed, so that a recording reads the same everywhere. */
const LITTLE_ENDIAN = true;

// Where much is written, records are arrays of values, and these have the machine's own order.
if (new Uint8Array(new Uint32Array([1]).buffer)[0] !== 1)
  throw new Error('ringfeed runs on little-endian machines only: x86-64, ARM64 and the like');

/** One fixed-width value inside a record. */
export interface Field<T extends number> {
  readonly width: 1 | 2 | 4 | 8;
  readonly type: string;
  /** Bytes from the start of the record. */
  readonly offset: number;
  /** Where it is in an array of values of its width that begins with the record. */
  readonly index: number;
  readonly meaning: string;
  get(view: DataView, at: number): T;
  set(view: DataView, at: number, value: T): void;
}

/** A field that has no place yet. */
export interface FieldKind<T extends number> {
  readonly width: 1 | 2 | 4 | 8;
  place(offset: number): Field<T>;
}

export type Fields = Readonly<Record<string, FieldKind<number>>>;
export type ValueOf<K> = K extends FieldKind<infer T> ? T : never;
export type Values<F extends Fields> = { -readonly [K in keyof F]: ValueOf<F[K]> };

export interface RecordLayout<F extends Fields = Fields> {
  readonly name: string;
  /** Number of the record in the ring and in recordings. Never reused. */
  readonly typeId: number;
  /** Bytes of the fixed part, a multiple of 8. */
  readonly size: number;
  /** What follows the fixed part; undefined where nothing does. */
  readonly tail: string | undefined;
  readonly field: { readonly [K in keyof F]: Field<ValueOf<F[K]>> };
  /** Allocates an object: for tests, logs and copies, never in a poll loop. */
  decode(view: DataView, at: number): Values<F>;
  encode(view: DataView, at: number, values: Values<F>): void;
}

export type RecordOf<L> = L extends RecordLayout<infer F> ? Values<F> : never;

// Each kind makes closures that captured their offset: measured at the cost of hand-written offsets,
// where class instances are slower.

export function u8<T extends number = number>(meaning: string): FieldKind<T> {
  const width = 1;
  return {
    width,
    place: (offset) => ({
      width,
      type: 'u8',
      offset,
      index: offset / width,
      meaning,
      get: (view, at) => view.getUint8(at + offset) as T,
      set: (view, at, value) => view.setUint8(at + offset, value),
    }),
  };
}

export function u16<T extends number = number>(meaning: string): FieldKind<T> {
  const width = 2;
  return {
    width,
    place: (offset) => ({
      width,
      type: 'u16',
      offset,
      index: offset / width,
      meaning,
      get: (view, at) => view.getUint16(at + offset, LITTLE_ENDIAN) as T,
      set: (view, at, value) => view.setUint16(at + offset, value, LITTLE_ENDIAN),
    }),
  };
}

export function u32<T extends number = number>(meaning: string): FieldKind<T> {
  const width = 4;
  return {
    width,
    place: (offset) => ({
      width,
      type: 'u32',
      offset,
      index: offset / width,
      meaning,
      get: (view, at) => view.getUint32(at + offset, LITTLE_ENDIAN) as T,
      set: (view, at, value) => view.setUint32(at + offset, value, LITTLE_ENDIAN),
    }),
  };
}

export function f64<T extends number = number>(meaning: string): FieldKind<T> {
  const width = 8;
  return {
    width,
    place: (offset) => ({
      width,
      type: 'f64',
      offset,
      index: offset / width,
      meaning,
      get: (view, at) => view.getFloat64(at + offset, LITTLE_ENDIAN) as T,
      set: (view, at, value) => view.setFloat64(at + offset, value, LITTLE_ENDIAN),
    }),
  };
}

/**
 * Declares a record. Order in the source is order in memory.
 *
 * @throws Error when imported, if a field lies unaligned or `size` is not where the fields end.
 */
export function defineRecord<F extends Fields>(declaration: {
  readonly name: string;
  readonly typeId: number;
  readonly size: number;
  readonly tail?: string;
  readonly fields: F;
}): RecordLayout<F> {
  const { name, typeId, size, tail, fields } = declaration;
  const placed: [string, Field<number>][] = [];
  let offset = 0;
  for (const [key, kind] of Object.entries(fields)) {
    if (offset % kind.width !== 0)
      throw new Error(`record ${name}: field ${key} lies unaligned at ${offset}`);
    placed.push([key, kind.place(offset)]);
    offset += kind.width;
  }
  if (offset !== size) throw new Error(`record ${name}: fields end at ${offset}, size says ${size}`);
  if (size % 8 !== 0) throw new Error(`record ${name}: size ${size} is not a multiple of 8`);
  return {
    name,
    typeId,
    size,
    tail,
    field: Object.fromEntries(placed) as RecordLayout<F>['field'],
    decode: (view, at) =>
      Object.fromEntries(placed.map(([key, field]) => [key, field.get(view, at)])) as Values<F>,
    encode: (view, at, values) => {
      for (const [key, field] of placed) field.set(view, at, values[key] as number);
    },
  };
}

/** Bytes up to the next multiple of 8, where the next record may begin. */
export const aligned = (bytes: number): number => (bytes + 7) & ~7;
