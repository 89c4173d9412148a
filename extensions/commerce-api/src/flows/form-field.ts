/** The forms behind the operations, as the flow editor of the admin app shows them. */

export interface FormField {
  field: string;
  name: string;
  type: string;
  meta: {
    width: 'half' | 'full';
    interface: string;
    note?: string;
    required?: boolean;
    options?: Record<string, unknown>;
  };
  schema?: { default_value: unknown };
}

export interface OperationForm {
  id: string;
  name: string;
  icon: string;
  description: string;
  /** What a step shows in the flow. */
  overview: (options: Record<string, unknown>) => { label: string; text: string }[];
  options: FormField[];
}

/** Text, or a `{{template}}` over what the flow knows. */
export function textField(field: string, name: string, note: string, example?: string): FormField {
  return {
    field,
    name,
    type: 'string',
    meta: { width: 'half', interface: 'input', note },
    ...(example !== undefined && { schema: { default_value: example } }),
  };
}

export function choiceField(
  field: string,
  name: string,
  choices: readonly (readonly [value: string, text: string])[],
): FormField {
  return {
    field,
    name,
    type: 'string',
    meta: {
      width: 'half',
      interface: 'select-dropdown',
      options: { allowOther: true, choices: choices.map(([value, text]) => ({ value, text })) },
    },
    schema: { default_value: choices[0]?.[0] ?? null },
  };
}

/** The orders a step is about: what was selected, unless the flow says otherwise. */
export const ORDERS_FIELD = textField(
  'orders',
  'Orders',
  'Keys of orders; as it stands, those the flow was started for.',
  '{{$trigger.body.keys}}',
);

export function overviewOf(...labels: [field: string, label: string][]): OperationForm['overview'] {
  return (options) =>
    labels.flatMap(([field, label]) => {
      const value = options[field];
      return value === undefined || value === null || value === '' ? [] : [{ label, text: textOf(value) }];
    });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
