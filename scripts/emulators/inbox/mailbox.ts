/** The mails that came, newest first, at most 500 of them, in memory and in a file where one is named. */
import { EventEmitter } from 'node:events';
import { openStateFile } from '../state-file.ts';
import type { StoredMessage } from './message.ts';

const MAX_MESSAGES = 500;

export type Mailbox = ReturnType<typeof openMailbox>;

export function openMailbox(state_file?: string) {
  let messages: StoredMessage[] = [];
  const file = state_file === undefined ? undefined : openStateFile(state_file, () => messages);
  messages = file?.load() ?? [];
  const arrivals = new EventEmitter().setMaxListeners(0);
  let revision = 0;

  function changed(): void {
    revision += 1;
    file?.save();
  }

  return {
    /** Changes whenever the content does. */
    revision: () => revision,
    all: (to?: string): StoredMessage[] =>
      to === undefined
        ? messages
        : messages.filter((message) => message.to.some((one) => one.toLowerCase() === to.toLowerCase())),
    find: (id: string): StoredMessage | undefined => messages.find((message) => message.id === id),
    add(message: StoredMessage): void {
      messages = [message, ...messages].slice(0, MAX_MESSAGES);
      changed();
      arrivals.emit('message', message);
    },
    clear(): void {
      messages = [];
      changed();
    },
    close: () => file?.flush(),
    /** The newest mail that matches, once there is one. @throws Error when none has come in time. */
    waitFor(matches: (message: StoredMessage) => boolean, patience_ms = 15_000): Promise<StoredMessage> {
      const here = messages.find(matches);
      if (here) return Promise.resolve(here);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          arrivals.off('message', look);
          const subjects = messages.map(({ to, subject }) => `${to.join(', ')}: ${subject}`).join('; ');
          reject(new Error(`No such mail within ${patience_ms} ms. In the inbox: ${subjects || 'nothing'}.`));
        }, patience_ms);
        function look(message: StoredMessage): void {
          if (!matches(message)) return;
          clearTimeout(timer);
          arrivals.off('message', look);
          resolve(message);
        }
        arrivals.on('message', look);
      });
    },
  };
}
