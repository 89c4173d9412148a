// Runs one command and ends it when whoever started us goes away, however they went: our standard input closes with them.
// node scripts/guard.mjs UID GID SIGNAL COMMAND [ARGUMENT …]   (UID -1 keeps the user)
import { spawn } from 'node:child_process';

const [uid, gid, signal, command, ...args] = process.argv.slice(2);
const child = spawn(command, args, {
  stdio: ['ignore', 'inherit', 'inherit'],
  ...(uid === '-1' ? {} : { uid: Number(uid), gid: Number(gid) }),
});
child.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on('exit', (code) => process.exit(code ?? 1));
const end = () => child.kill(signal);
process.stdin.on('end', end).on('error', end).resume();
for (const each of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(each, end);
