import { useApi, useStores } from '@directus/extensions-sdk';
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue';
import { currencyPath, currencySource, valueAt, type CurrencySource } from './currency-source.ts';

type Row = Record<string, unknown>;

export interface AmountPlace {
  collection: string;
  currencyField: string | null | undefined;
  /** As much of the row as is at hand. */
  row: Row;
  /** Null while the row does not exist yet. */
  primaryKey: string | number | null;
}

interface FieldsStore {
  getField: (collection: string, field: string) => unknown;
  getPrimaryKeyFieldForCollection: (collection: string) => { field: string } | null;
}

let shared: CurrencySource | undefined;

/**
 * The currency of an amount in the app, kept current while the form changes; null until it is known. What the row at hand
 * does not carry is fetched.
 */
export function useCurrency(place: () => AmountPlace): ComputedRef<string | null> {
  shared ??= currencySource(useApi());
  const source = shared;
  const fields = (useStores() as { useFieldsStore: () => FieldsStore }).useFieldsStore();
  const fetched: Ref<string | null> = ref(null);

  const path = computed(() => {
    const { collection, currencyField } = place();
    return currencyPath(currencyField, (field) => Boolean(fields.getField(collection, field)));
  });
  const atHand = computed(() => {
    const value = path.value && valueAt(place().row, path.value);
    return typeof value === 'string' && value !== '' ? value : null;
  });

  let latest = 0;
  watch(
    [path, atHand, () => place().primaryKey],
    async ([wanted, known, key]) => {
      latest += 1;
      const turn = latest;
      if (known) return;
      const { collection } = place();
      const primaryKeyField = fields.getPrimaryKeyFieldForCollection(collection)?.field ?? 'id';
      const ofRow =
        wanted && key !== null ? await source.ofRow(collection, primaryKeyField, key, wanted) : null;
      const found = ofRow ?? (await source.ofShop());
      if (turn === latest) fetched.value = found;
    },
    { immediate: true },
  );

  return computed(() => atHand.value ?? fetched.value);
}
