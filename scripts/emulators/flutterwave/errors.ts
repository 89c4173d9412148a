/** What a request is answered with instead of its object: `{status: "error", message, data: null}`. */
export class FlutterwaveApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function errorBody(message: string): string {
  return JSON.stringify({ status: 'error', message, data: null });
}

/** Documented for a wrong id and for a wrong reference alike. */
export function noTransaction(): FlutterwaveApiError {
  return new FlutterwaveApiError(400, 'No transaction was found for this id');
}
