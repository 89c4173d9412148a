/** SQL of fields that Directus encrypts under SECRET, and of the one-time passwords' secrets, which a patch of ours encrypts alike. */
import { changed, rows, type Queryable } from '../platform/database.ts';

export interface EncryptedField {
  collection: string;
  field: string;
}

/** Those of this Directus that are there, and those a merchant made. */
export function encryptedFields(db: Queryable): Promise<EncryptedField[]> {
  return rows<EncryptedField>(
    db,
    `select c.table_name as collection, c.column_name as field from information_schema.columns c
     where c.table_schema = 'public' and (
       (c.table_name = 'directus_users' and c.column_name = 'tfa_secret')
       or (c.table_name = 'directus_settings' and c.column_name ~ '^ai_.*_api_key$')
       or (c.table_name = 'directus_deployments' and c.column_name = 'credentials')
       or exists (select from directus_fields f where f.collection = c.table_name and f.field = c.column_name
         and 'encrypt' = any(string_to_array(f.special, ','))))
     order by 1, 2`,
  );
}

export async function valuesOf(db: Queryable, { collection, field }: EncryptedField): Promise<string[]> {
  const found = await rows<{ value: string }>(db, 'select ?? as value from ?? where ?? is not null', [
    field,
    collection,
    field,
  ]);
  return found.map(({ value }) => value);
}

/** Writes a value anew wherever it still is what it was: each is encrypted with chance of its own, so no other row has it. */
export async function replaceValue(
  db: Queryable,
  { collection, field }: EncryptedField,
  change: { from: string; to: string },
): Promise<void> {
  await changed(db, 'update ?? set ?? = ? where ?? = ?', [collection, field, change.to, field, change.from]);
}
