import { type Command, CommanderError } from 'commander';
import { MisuseError } from '../../shared/invariant.ts';

/** Exit codes: 0 done, 1 the world did not let us, 2 the command line cannot work. */
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** Does what the command line of this process says. What goes wrong is told on standard error. */
export async function runProgram(program: Command): Promise<void> {
  for (const command of [program, ...program.commands]) command.exitOverride();
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version are asked for; everything else commander has already explained on standard error.
      process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
    } else if (error instanceof MisuseError) {
      process.stderr.write(`error: ${error.message.replace('Condition failed: ', '')}\n`);
      process.exitCode = EXIT_USAGE;
    } else {
      process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = EXIT_FAILED;
    }
  }
}
