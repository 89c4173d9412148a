/** The shelf of all products. */
export const ALL_PRODUCTS = '00000000-0000-0000-0000-000000000000';
