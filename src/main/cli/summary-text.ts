import Table from 'cli-table3';
import { colors } from './colors.ts';
import type { Summary } from './run-meter.ts';

const whole = (n: number): string => n.toLocaleString('en-US', { maximumFractionDigits: 0 });
/** A latency of zero is one that was never measured. */
const us = (ns: number): string => (ns === 0 ? '–' : `${(ns / 1000).toFixed(1)} µs`);

/** The summary for people. */
export function summaryText(summary: Summary): string[] {
  const table = new Table({
    head: [
      'feed',
      'state',
      'messages',
      'records',
      'delivered',
      'dropped',
      'conflated',
      'gaps',
      'checksums',
      'reconnects',
    ],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', ...Array<'right'>(8).fill('right')],
  });
  for (const feed of summary.feeds)
    table.push([
      feed.feed,
      feed.state,
      whole(feed.messages),
      whole(feed.records),
      whole(feed.delivered),
      whole(feed.dropped),
      whole(feed.conflated),
      whole(feed.gaps),
      `${whole(feed.checksums.checked)} held${feed.checksums.failed > 0 ? colors.yellow(`, ${whole(feed.checksums.failed)} failed`) : ''}`,
      whole(feed.reconnects),
    ]);
  const { latencyNs: l, mainThread: m } = summary;
  return [
    ...table.toString().split('\n'),
    `${summary.seconds.toFixed(1)} s · latency socket → callback p50 ${us(l.p50)}, p99 ${us(l.p99)}, p99.9 ${us(l.p999)}, max ${us(l.max)}`,
    `main thread ${(m.utilization * 100).toFixed(1)} % busy, ${whole(m.busyNsPerRecord)} ns per record · event loop delay p50 ${m.eventLoopDelayMs.p50} ms, p99 ${m.eventLoopDelayMs.p99} ms`,
  ];
}
