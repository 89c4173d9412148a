/** An SMTP server that takes every mail and forgets it, as a process of its own: node mail-sink.ts PORT. Ends with its parent. */
import { createServer, type Socket } from 'node:net';

function serve(socket: Socket): void {
  let isInMail = false;
  let rest = '';
  const say = (line: string) => socket.write(`${line}\r\n`);
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    rest += chunk.toString('latin1');
    for (;;) {
      const mark = isInMail ? '\r\n.\r\n' : '\r\n';
      const end = rest.indexOf(mark);
      if (end < 0) break;
      const line = rest.slice(0, end).toUpperCase();
      rest = rest.slice(end + mark.length);
      if (isInMail) {
        isInMail = false;
        say('250 taken');
      } else if (line.startsWith('DATA')) {
        isInMail = true;
        say('354 go on');
      } else if (line.startsWith('QUIT')) socket.end('221 bye\r\n');
      else say('250 ok');
    }
  });
  say('220 sink');
}

createServer(serve).listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('ready'));
process.on('disconnect', () => process.exit(0));
