/**
 * Stands between what is written and what is taken in. A message is set aside as a whole first, and asked
 * about record by record when it ends, so nothing that is taken back is ever asked about.
 */
export interface RecordGate {
  /** Whether this record goes on: whole, of any type but status. */
  admits(view: DataView, at: number): boolean;
  /** The same of a status record. */
  admitsStatus(view: DataView, at: number): boolean;
  /** Whether discarded records of this type and instrument are counted as dropped. */
  admitsDiscard(typeId: number, instrument: number): boolean;
}
