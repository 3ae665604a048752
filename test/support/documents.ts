import { FAULTS } from '../../src/shared/faults/fault-catalogue.ts';
import { STATUSES } from '../../src/shared/faults/status-catalogue.ts';
import { RECORDS } from '../../src/shared/records/record-catalogue.ts';

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

/** The documents that are printed from the code: path and text. */
export const documents = (): readonly (readonly [path: string, text: string])[] => [
  ['docs/records.md', recordsDocument()],
  ['docs/faults.md', faultsDocument()],
];
