import type { Knex } from 'knex';
import { digestOf, recordApplied } from '../insert-missing.ts';
import { canonical } from './canonical.ts';
import { flows, type Flow } from './flows.ts';

type FlowRow = ReturnType<typeof flowRow>;
type OperationRow = ReturnType<typeof operationRow>;

/**
 * The ledger remembers what was written for each flow. One still as we wrote it follows the declaration, to its removal if
 * need be; one that a merchant changed or deleted is theirs. A running server reads flows at its start.
 * @returns whether anything was written
 */
export async function applyFlows(trx: Knex.Transaction): Promise<boolean> {
  const written = await writtenBefore(trx);
  let changed = false;
  for (const flow of flows) {
    const entry = `flow:${flow.number}`;
    const before = written.get(entry);
    written.delete(entry);
    const stored = await storedDigest(trx, flow.number);
    const digest = digestOfRows(flowRow(flow), [operationRow(flow)]);
    const isNew = before === undefined && stored === null;
    const isOutdated = stored !== null && stored === before && before !== digest;
    if (!isNew && !isOutdated) continue;
    await removeFlow(trx, flow.number);
    await insertFlow(trx, flow);
    await recordApplied(trx, entry, digest);
    changed = true;
  }
  for (const [entry, before] of written) {
    const number = Number(entry.slice('flow:'.length));
    if ((await storedDigest(trx, number)) === before) await removeFlow(trx, number);
    await trx('commerce.setup_ledger').where({ name: entry }).delete();
    changed = true;
  }
  return changed;
}

async function writtenBefore(trx: Knex.Transaction): Promise<Map<string, string>> {
  const entries: { name: string; hash: string }[] = await trx('commerce.setup_ledger').where(
    'name',
    'like',
    'flow:%',
  );
  return new Map(entries.map(({ name, hash }) => [name, hash]));
}

function flowId(number: number): string {
  return `5b1c0005-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

function operationId(number: number): string {
  return `5b1c0006-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

function flowRow({ number, name, icon, color, description, status, trigger, options }: Flow) {
  return { id: flowId(number), name, icon, color, description, status, trigger, options };
}

function operationRow({ number, operation }: Flow) {
  const { type, options } = operation;
  return { id: operationId(number), key: 'action', type, options, resolve: null, reject: null };
}

/** Of what a merchant may change; where its step stands on the screen is nobody's concern. */
function digestOfRows(flow: FlowRow, operations: OperationRow[]): string {
  const { id: _, ...own } = flow;
  return digestOf(canonical([own, operations]));
}

async function storedDigest(trx: Knex.Transaction, number: number): Promise<string | null> {
  const id = flowId(number);
  const columns = ['id', 'name', 'icon', 'color', 'description', 'status', 'trigger', 'options'];
  const stored = await trx('directus_flows').where({ id }).first<FlowRow | undefined>(columns);
  if (!stored) return null;
  const operations = (await trx('directus_operations')
    .where({ flow: id })
    .orderBy('id')
    .select('id', 'key', 'type', 'options', 'resolve', 'reject')) as OperationRow[];
  return digestOfRows(stored, operations);
}

async function insertFlow(trx: Knex.Transaction, flow: Flow): Promise<void> {
  const id = flowId(flow.number);
  const operation = operationRow(flow);
  await trx('directus_flows').insert({
    ...flowRow(flow),
    options: JSON.stringify(flow.options),
    // Who pressed the button is in the activity log; what the flow knew is not kept.
    accountability: 'activity',
  });
  await trx('directus_operations').insert({
    ...operation,
    options: JSON.stringify(operation.options),
    name: flow.name,
    position_x: 19,
    position_y: 1,
    flow: id,
  });
  await trx('directus_flows').where({ id }).update({ operation: operation.id });
}

async function removeFlow(trx: Knex.Transaction, number: number): Promise<void> {
  await trx('directus_flows')
    .where({ id: flowId(number) })
    .delete();
}
