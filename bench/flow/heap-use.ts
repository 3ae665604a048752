import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Memory of one thread, bytes. */
export interface HeapUse {
  /** Objects of this thread that are alive. */
  readonly heap: number;
  /** Memory that those objects hold outside the heap, as buffers do. */
  readonly outside: number;
}

let collect: (() => void) | undefined;

/** Collects all garbage of this thread, then says what is left. Takes milliseconds. */
export function heapUse(): HeapUse {
  if (collect === undefined) {
    // The flag cannot be given to one worker only; `gc` shows up in contexts that are made after it is set.
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  // The first collection may leave what only its finalizers let go of.
  collect();
  collect();
  const { used_heap_size, external_memory } = getHeapStatistics();
  return { heap: used_heap_size, outside: external_memory };
}
