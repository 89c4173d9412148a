/** The client's address, the same everywhere: as Directus sees it, and writes it down with sessions and activities. */
export { getIPFromReq as clientAddress } from '@directus/api/utils/get-ip-from-req';
