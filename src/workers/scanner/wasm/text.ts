/** Whether no byte in `[at, end)` is above 127. Up to fifteen bytes behind are read, whatever they are. */
export function isAscii(at: usize, end: usize): bool {
  let all = i64x2.splat(0);
  let i = at;
  for (; i + 16 <= end; i += 16) all = v128.or(all, v128.load(i));
  const last = <i32>(end - i);
  const bits = i8x16.bitmask(v128.load(i)) & ((1 << last) - 1);
  return (i8x16.bitmask(all) | bits) == 0;
}
