/**
 * Project settings Kontor starts with. Each is set once, and only while it still has Directus' own value; from then on it is
 * the merchant's. Registration stays closed (Directus' default): accounts are made through `/store/auth/register`.
 */
export interface Setting {
  name: string;
  /** What Directus ships with. */
  shipped: string | number | null;
  value: unknown;
}

const IMAGE = { withoutEnlargement: true, format: 'auto' } as const;

export const settings: readonly Setting[] = [
  { name: 'project_name', shipped: 'Directus', value: 'Kontor' },
  { name: 'project_descriptor', shipped: null, value: 'Commerce' },
  { name: 'project_color', shipped: '#6644FF', value: '#0B6E4F' },
  {
    name: 'module_bar',
    shipped: null,
    value: [
      { type: 'module', id: 'content', enabled: true },
      { type: 'module', id: 'files', enabled: true },
      { type: 'module', id: 'users', enabled: true },
      { type: 'module', id: 'insights', enabled: true },
      { type: 'link', id: 'api-docs', enabled: true, name: 'API', icon: 'api', url: '/docs' },
      { type: 'module', id: 'settings', enabled: true, locked: true },
    ],
  },
  // Free sizes would let anybody make the server compute images without end.
  {
    name: 'storage_asset_presets',
    shipped: null,
    value: [
      { key: 'thumb', fit: 'cover', width: 160, height: 160, quality: 75, ...IMAGE },
      { key: 'card', fit: 'inside', width: 480, height: 480, quality: 80, ...IMAGE },
      { key: 'detail', fit: 'inside', width: 1280, height: 1280, quality: 85, ...IMAGE },
    ],
  },
  // Suspends an account after so many wrong passwords, whoever typed them: any stranger could keep its owner out. Kontor limits
  // sign-ins by address, and by account and address together.
  { name: 'auth_login_attempts', shipped: 25, value: null },
  { name: 'storage_asset_transform', shipped: 'all', value: 'presets' },
];
