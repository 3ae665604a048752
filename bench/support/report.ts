import CliTable from 'cli-table3';
import pc from 'picocolors';
import type { Table } from './part.ts';

/** A table as a terminal shows it. Colours follow what the terminal can do. */
export function terminalText({ title, head, rows, notes }: Table): string {
  const table = new CliTable({
    head: head.map((text) => pc.bold(text)),
    style: { head: [], border: pc.isColorSupported ? ['gray'] : [], compact: true },
    colAligns: alignments(rows),
  });
  table.push(...rows.map((row) => [...row]));
  return [pc.cyan(title), table.toString(), ...notes.map((note) => pc.dim(note))].join('\n');
}

export function markdownText({ title, head, rows, notes }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = line(alignments(rows).map((align) => (align === 'right' ? '---:' : '---')));
  return [`## ${title}`, '', line(head), rule, ...rows.map(line), '', ...notes].join('\n');
}

/** Columns of numbers stand to the right. */
const alignments = (rows: readonly (readonly string[])[]): ('left' | 'right')[] =>
  (rows[0] ?? []).map((_, column) =>
    rows.every((row) => /^(-|-?[\d.,]+( |$).*)$/.test(row[column]!)) ? 'right' : 'left',
  );

export interface DocumentHead {
  readonly command: string;
  readonly machine: string;
  readonly date: string;
}

/** The text of `docs/benchmarks.md`. */
export const documentText = ({ command, machine, date }: DocumentHead, tables: readonly Table[]): string =>
  [
    '# Benchmarks',
    '',
    `Printed by \`${command}\` on ${date}.`,
    '',
    `Machine: ${machine}.`,
    '',
    'All variants of a table ran in one run, in turns, and each checked its own answer: the count of messages and the sum of their prices and quantities against what the server sent. Numbers are medians over the rounds, ratios medians of the ratios of each round. The ratios travel to other machines, the numbers do not.',
    '',
    ...tables.map((table) => `${markdownText(table)}\n`),
  ].join('\n');
