/** Plays the part of a provider that keeps methods, at its port and in process: what it answers, and when, is up to the test. */
import { randomUUID } from 'node:crypto';
import { row } from '../../extensions/commerce-api/src/platform/database.ts';
import type { Shop } from '../../extensions/commerce-api/src/platform/shop.ts';
import {
  PaymentProviderError,
  type ProviderMethod,
  type ProviderSetup,
  type SavedMethods,
} from '../../extensions/commerce-api/src/providers/payment.ts';

export const KEEPER = 'keeper';

export interface MethodKeeper {
  /** Its set-ups by its id. */
  setups: Map<string, ProviderSetup & { provider_customer: string }>;
  /** Its methods and whose they are. */
  methods: Map<string, { method: ProviderMethod; provider_customer: string }>;
  /** Every customer it made, with whom for. */
  customers: { provider_customer: string; customer: string; email: string; name: string | null }[];
  /** The shopper ends a set-up with a card. @returns the id of the method */
  succeed: (provider_setup: string, card?: Partial<ProviderMethod>) => string;
  /** The shopper's card is declined; they may try another one. */
  decline: (provider_setup: string) => void;
  /** Replaces one of its answers until `restore`. */
  instead: <Name extends keyof SavedMethods>(name: Name, answer: SavedMethods[Name]) => void;
  restore: () => void;
}

/** Adds such a provider, called `keeper`, to the shop. */
export function addMethodKeeper(shop: Shop): MethodKeeper {
  const keeper: MethodKeeper = {
    setups: new Map(),
    methods: new Map(),
    customers: [],
    succeed(provider_setup, card = {}) {
      const setup = setupOf(provider_setup);
      const method = aCard(card);
      keeper.methods.set(method.provider_method, { method, provider_customer: setup.provider_customer });
      Object.assign(setup, { status: 'succeeded', method, error_code: null, error_message: null });
      return method.provider_method;
    },
    decline(provider_setup) {
      const declined = { status: 'failed', error_code: 'card_declined', error_message: 'It was declined.' };
      Object.assign(setupOf(provider_setup), declined);
    },
    instead: (name, answer) => Object.assign(answers, { [name]: answer }),
    restore: () => Object.assign(answers, usual),
  };
  const setupOf = (id: string) => {
    const setup = keeper.setups.get(id);
    if (!setup) throw new Error(`there is no set-up ${id}`);
    return setup;
  };
  const usual: SavedMethods = {
    async createCustomer(person) {
      const known = keeper.customers.find(({ customer }) => customer === person.customer);
      if (known) return known.provider_customer;
      const provider_customer = `customer_${randomUUID()}`;
      keeper.customers.push({ provider_customer, ...person });
      return provider_customer;
    },
    async startSetup({ setup, provider_customer }) {
      const provider_setup = `setup_${setup}`;
      const started = keeper.setups.get(provider_setup) ?? {
        provider_setup,
        provider_customer,
        setup,
        status: 'pending' as const,
        method: null,
        client_data: { client_secret: `secret of ${provider_setup}` },
        error_code: null,
        error_message: null,
      };
      keeper.setups.set(provider_setup, started);
      return { ...started };
    },
    async fetchSetup(provider_setup) {
      const setup = keeper.setups.get(provider_setup);
      return setup ? { ...setup } : null;
    },
    async list(owner) {
      const kept = [...keeper.methods.values()];
      return kept
        .filter(({ provider_customer }) => provider_customer === owner)
        .map(({ method }) => ({ ...method }));
    },
    async remove(provider_method) {
      keeper.methods.delete(provider_method);
    },
  };
  const answers = { ...usual };
  const methods: SavedMethods = {
    createCustomer: (input) => answers.createCustomer(input),
    startSetup: (input) => answers.startSetup(input),
    fetchSetup: (id) => answers.fetchSetup(id),
    list: (id) => answers.list(id),
    remove: (id) => answers.remove(id),
  };
  const { payments } = shop.providers;
  payments[KEEPER] = { ...payments['manual']!, name: KEEPER, is_manual: false, methods };
  return keeper;
}

export function aCard(card: Partial<ProviderMethod> = {}): ProviderMethod {
  const usual = { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2040 };
  return { provider_method: `method_${randomUUID()}`, ...usual, ...card };
}

/** It refused, and did nothing. */
export const refusing = () =>
  Promise.reject(new PaymentProviderError('No.', { is_definite: true, code: 'not_allowed' }));

/** It may or may not have acted. */
export const down = () =>
  Promise.reject(new PaymentProviderError('No answer.', { is_definite: false, code: 'unreachable' }));

/** A customer without a Directus user: nobody could sign in as them. */
export async function aBareCustomer(shop: Shop, person: { first_name?: string } = {}): Promise<string> {
  const made = await row<{ id: string }>(
    shop.db,
    'insert into customers (email, first_name) values (?, ?) returning id',
    [`ada-${randomUUID()}@example.com`, person.first_name ?? null],
  );
  return made!.id;
}
