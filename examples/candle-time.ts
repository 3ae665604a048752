/** Seconds until the next candle begins, by UTC. */
export function secondsUntilCandleClose(intervalMinutes = 240, now = new Date()): number {
  const minutes = now.getUTCHours() * 60 + now.getUTCMinutes();
  const nextClose = (Math.floor(minutes / intervalMinutes) + 1) * intervalMinutes;
  return Math.max(0, (nextClose - minutes) * 60 - now.getUTCSeconds());
}
