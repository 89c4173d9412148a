/** Tasks: accepted at once, carried out one after the other in the order they were accepted. */
import { MeilisearchError, type ErrorBody } from './errors.ts';

export type TaskStatus = 'enqueued' | 'processing' | 'succeeded' | 'failed';

export type Task = {
  uid: number;
  batchUid: number | null;
  indexUid: string | null;
  status: TaskStatus;
  type: string;
  canceledBy: null;
  details: Record<string, unknown>;
  error: ErrorBody | null;
  duration: string | null;
  enqueuedAt: string;
  startedAt: string | null;
  finishedAt: string | null;
};

export type TaskToDo = {
  type: string;
  indexUid: string | null;
  details?: Record<string, unknown>;
  /** @throws MeilisearchError when the task fails; nothing is changed then */
  work: () => void;
};

export type Tasks = {
  /** @returns what the request is answered with */
  enqueue(task: TaskToDo): Record<string, unknown>;
  find(uid: number): Task | undefined;
  /** Newest first. */
  list(): Task[];
  /** The next tasks of this type fail. */
  fail(type: string, times: number): void;
  /** Accepts tasks and carries none out, until they are released. */
  hold(): void;
  release(): void;
  close(): void;
};

/** @param task_ms how long each takes */
export function createTasks(task_ms: number): Tasks {
  const tasks: Task[] = [];
  const waiting: { task: Task; work: () => void }[] = [];
  const failing = new Map<string, number>();
  let is_held = false;
  let timer: NodeJS.Timeout | undefined;

  function next(): void {
    if (timer !== undefined || is_held || waiting.length === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      const first = waiting.shift();
      if (first) carryOut(first.task, first.work);
      next();
    }, task_ms);
  }

  function carryOut(task: Task, work: () => void): void {
    task.status = 'processing';
    task.startedAt = new Date().toISOString();
    try {
      const left = failing.get(task.type) ?? 0;
      if (left > 0) {
        failing.set(task.type, left - 1);
        throw new MeilisearchError('internal', 'The task was made to fail.');
      }
      work();
      task.status = 'succeeded';
    } catch (error) {
      if (!(error instanceof MeilisearchError)) throw error;
      task.status = 'failed';
      task.error = error.body;
    }
    task.finishedAt = new Date().toISOString();
    task.duration = 'PT0.001S';
    task.batchUid = task.uid;
  }

  return {
    enqueue({ type, indexUid, details = {}, work }) {
      const task: Task = {
        uid: tasks.length,
        batchUid: null,
        indexUid,
        status: 'enqueued',
        type,
        canceledBy: null,
        details,
        error: null,
        duration: null,
        enqueuedAt: new Date().toISOString(),
        startedAt: null,
        finishedAt: null,
      };
      tasks.push(task);
      waiting.push({ task, work });
      next();
      const { uid: taskUid, status, enqueuedAt } = task;
      return { taskUid, indexUid, status, type, enqueuedAt };
    },
    find: (uid) => tasks[uid],
    list: () => tasks.toReversed(),
    fail: (type, times) => failing.set(type, times),
    hold() {
      is_held = true;
      clearTimeout(timer);
      timer = undefined;
    },
    release() {
      is_held = false;
      next();
    },
    close() {
      is_held = true;
      clearTimeout(timer);
    },
  };
}
