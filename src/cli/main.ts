import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { addArp } from './arp/arp';
import { addDemo } from './demo/demo';
import { addExtcap } from './extcap';
import { asFailure, codeOf } from './failure';
import { addExplain } from './explain/explain';
import { addInspect } from './inspect/inspect';
import { addLab } from './lab';
import { addLearn } from './learn';
import { addNc } from './nc';
import { explicitOptions } from './options';
import { addPing } from './ping/ping';
import { addRelay } from './relay';
import { addRouter } from './router';
import { addRun } from './run';
import { addServe } from './serve';
import { addSs } from './ss/ss';
import { addTraceroute } from './traceroute/traceroute';
import { addWireshark } from './wireshark';

const EXAMPLES = `
New here? Start with the demo. It needs no arguments and ends by itself:
  synack demo

Then open a lab, and talk to synack with the programs you know:
  synack lab
  synack serve echo --watch &
  nc 10.9.0.2 7

More about a command: synack <command> --help`;

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}

function createProgram(): Command {
  const program = new Command('synack')
    .description('A TCP/IP stack in user space that shows what it does.')
    .usage('<command> [options]')
    .version(version(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .enablePositionalOptions()
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .showHelpAfterError('(--help tells more)')
    .addHelpText('after', EXAMPLES);
  // Whoever read our output has seen enough. (For nc it is the connection's affair, for run the program's.)
  program.hook('preAction', (_program, command) => {
    if (!['nc', 'run'].includes(command.name())) process.stdout.on('error', quitOnClosedPipe);
  });
  addDemo(program);
  addLearn(program);
  addLab(program);
  addServe(program);
  addNc(program);
  addRun(program);
  addInspect(program);
  addExplain(program);
  addWireshark(program);
  addSs(program);
  addArp(program);
  addPing(program);
  addTraceroute(program);
  addRouter(program);
  addRelay(program);
  addExtcap(program);
  return program;
}

function quitOnClosedPipe(error: Error): void {
  if (codeOf(error) !== 'EPIPE') throw error;
  process.exit();
}

async function main(): Promise<void> {
  try {
    await createProgram().parseAsync(explicitOptions(process.argv.slice(2)), { from: 'user' });
  } catch (error) {
    const failure = asFailure(error);
    if (failure === undefined) {
      process.stderr.write(
        `synack: this is a bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
      process.exitCode = 70;
      return;
    }
    process.stderr.write(`synack: ${failure.message}\n`);
    process.exitCode = failure.exitCode;
  }
}

void main();
