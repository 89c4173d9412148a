/** The inbox as a process of its own: node main.ts [--smtp-port 1025] [--http-port 8025] [--state-file FILE] */
import { parseArgs } from 'node:util';
import { startInbox } from './inbox.ts';

const { values } = parseArgs({
  options: {
    'smtp-port': { type: 'string', default: '1025' },
    'http-port': { type: 'string', default: '8025' },
    'state-file': { type: 'string' },
  },
});

const inbox = await startInbox({
  smtp_port: Number(values['smtp-port']),
  http_port: Number(values['http-port']),
  ...(values['state-file'] ? { state_file: values['state-file'] } : {}),
}).catch((error: Error) => {
  console.error(`The inbox did not start: ${error.message}`);
  process.exit(1);
});

let isStopping = false;
function stop(): void {
  if (isStopping) return;
  isStopping = true;
  void inbox.stop().then(() => process.exit(0));
}
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
process.on('disconnect', stop);

console.log(`Inbox at ${inbox.url}, SMTP on 127.0.0.1:${inbox.smtp_port}`);
process.send?.({ ready: true, url: inbox.url, smtp_port: inbox.smtp_port, http_port: inbox.http_port });
