import pc from 'picocolors';

type Colors = ReturnType<typeof pc.createColors>;

function wanted(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR: no, FORCE_COLOR: force, TERM: terminal } = process.env;
  if (no !== undefined && no !== '') return false;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  return stream.isTTY === true && terminal !== 'dumb';
}

/**
 * Colours on a terminal, plain text in a pipe or a file, whatever machine it runs on: the library's
 * own guess also colours pipes on build servers, where programs read the lines. `NO_COLOR` and
 * `FORCE_COLOR` decide before that.
 */
export const colors: Colors = pc.createColors(wanted(process.stdout));

/** The same for what is written to standard error. */
export const noticeColors: Colors = pc.createColors(wanted(process.stderr));
