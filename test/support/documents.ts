import { FAULTS } from '../../src/shared/faults/fault-catalogue.ts';
import { STATUSES } from '../../src/shared/faults/status-catalogue.ts';
import { RECORDS } from '../../src/shared/records/record-catalogue.ts';
import { faultEntry, SIMULATOR_FAULT_NAMES } from '../../src/shared/simulator/fault-names.ts';
import { SIMULATOR_LIMITS } from '../../src/shared/simulator/limit-names.ts';

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

function recordsDocument(): string {
  const sections = RECORDS.map((layout) => {
    const rows = Object.entries(layout.field).map(([name, field]) => [
      field.offset,
      name,
      field.type,
      field.meaning,
    ]);
    const tail = layout.tail === undefined ? '' : `\nAfter byte ${layout.size}: ${layout.tail}.\n`;
    return `## ${layout.name} (type ${layout.typeId}, ${layout.size} bytes)\n\n${table(['offset', 'field', 'type', 'meaning'], rows)}\n${tail}`;
  });
  return `# Records

Printed from \`src/shared/records\` by \`npm run docs\`. All numbers are little-endian; every record begins at a multiple of 8.

A decimals byte beside a number says how it was written. \`0ddddddd\`: d decimals. \`11rrrrrr\`: eight decimals, and the number sent is r - 32 of the last of them more than the float64. \`10dddddd\`: d decimals, and more digits than are kept; the float64 is the nearest one.

${sections.join('\n')}`;
}

function faultsDocument(): string {
  return `# Statuses and faults

Printed from \`src/shared/faults\` by \`npm run docs\`. A \`status\` record carries one status and, where something went wrong, one fault.

## Statuses

${table(
  ['number', 'status', 'speaks of', 'meaning'],
  Object.entries(STATUSES).map(([name, { id, scope, meaning }]) => [id, `\`${name}\``, scope, meaning]),
)}

## Faults

The remedy is what the runtime does by itself: \`count\` goes on, \`resubscribe\` renews that symbol alone, \`reconnect\` makes the connection anew, \`restart\` starts the worker in a new epoch, \`stop-subscription\` gives that subscription up, \`stop-feed\` gives the feed up.

${table(
  ['number', 'fault', 'remedy', 'meaning'],
  Object.entries(FAULTS).map(([name, { id, remedy, meaning }]) => [id, `\`${name}\``, remedy, meaning]),
)}
`;
}

function simulatorDocument(): string {
  return `# The embedded exchange

Printed from \`src/shared/simulator\` by \`npm run docs\`. \`ringfeed simulate\` runs it alone; \`startSimulator\` of \`ringfeed/simulator\` runs it in a thread of the program.

## What all connections see

On demand (\`step\`) and at rates up to 20,000 messages per second every message is made once, for all who subscribe to it. All connections then see the same market: the same trade ids, the same book updates with the same checksums and times, and a snapshot that fits exactly before the next update. Beyond that rate each connection is sent a block of its own again and again, unless \`blockMessages\` is 0 or messages are lost or delayed. \`truth(symbol)\` tells what the exchange itself has counted; messages of repeated blocks are not in it.

## Faults

Written as in \`--fault connection-life:20s\`. A \`now\` or \`next\` fault comes once, and \`:10s\` behind it means every ten seconds; \`:@5s\` means once, five seconds after the start. A \`while\` fault lasts, with \`:for2s\` for two seconds. A fault with a mark in the last column may concern one connection alone: \`:connection2\` is the second one opened.

${table(
  ['fault', 'form', 'takes', 'meaning', 'one connection'],
  SIMULATOR_FAULT_NAMES.map((name) => {
    const { form, takes = '', meaning, perConnection } = faultEntry(name);
    return [`\`${name}\``, form, takes, meaning, perConnection === true ? 'x' : ''];
  }),
)}

## Limits

Written as in \`--limit attempts=150/10m\`, or with the names of the first column in \`limits\`. None unless told. What goes beyond a limit is counted in \`violations\` of the statistics, and with \`--no-enforce\` only counted. Windows of attempts and requests allow for arrivals that are read up to 5 %, at most 50 ms, early.

${table(
  ['limit', 'written', 'meaning', 'beyond it'],
  Object.entries(SIMULATOR_LIMITS).map(([name, { example, meaning, consequence }]) => [
    `\`${name}\``,
    `\`${example}\``,
    meaning,
    consequence,
  ]),
)}
`;
}

/** The documents that are printed from the code: path and text. */
export const documents = (): readonly (readonly [path: string, text: string])[] => [
  ['docs/records.md', recordsDocument()],
  ['docs/faults.md', faultsDocument()],
  ['docs/simulator.md', simulatorDocument()],
];
