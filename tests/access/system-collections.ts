/**
 * Directus' own collections, in the words of collections.ts. The roles with access to the admin app have what Directus gives to
 * everybody there; what Kontor adds is what catalogue staff see of the history of the catalogue, files, colleagues, and the flows
 * behind buttons. A shopper sees pictures and nothing else. What a row shows depends on the row where a line reads twice.
 *
 * Collections without a line are for administrators. `attachments` are files of orders, `filed` all others, `folders` those that
 * Kontor does not rely on, `colleagues` users who are no shoppers, `history` what happened to the catalogue, `shared` list views
 * that belong to nobody, `buttons` flows that staff start by hand.
 */
export const SYSTEM_COLLECTIONS = `
directus_access
directus_activity
  vendor           reads own: *
  catalogue_staff  reads own: *; reads history: *
  order_staff      reads own: *
directus_collections
directus_comments
  vendor           reads own: *; creates: *; updates own: comment; deletes own
  catalogue_staff  reads own: *; creates: *; updates own: comment; deletes own
  order_staff      reads own: *; creates: *; updates own: comment; deletes own
directus_dashboards
directus_deployment_projects
directus_deployment_runs
directus_deployments
directus_extensions
directus_fields
directus_files
  anonymous customer vendor  reads public: id title description type width height filesize filename_download focal_point_x focal_point_y modified_on
  catalogue_staff  reads public+filed: *; creates: *; updates public+filed: *; deletes public+filed
  order_staff      reads public+attachments: *; creates: *
directus_flows
  catalogue_staff order_staff  reads buttons: id name icon color description status trigger options operations
directus_folders
  catalogue_staff  reads every: *; creates: *; updates folders: *; deletes folders
  order_staff      reads attachments: *
directus_migrations
directus_notifications
  vendor catalogue_staff order_staff  reads own: *; updates own: status
directus_operations
  catalogue_staff order_staff  reads buttons: id
directus_panels
directus_permissions
directus_policies
directus_presets
  vendor catalogue_staff order_staff  reads own+shared: *; creates: *; updates own: *; deletes own
directus_relations
directus_revisions
  catalogue_staff  reads history: *
directus_roles
  vendor catalogue_staff order_staff  reads own: *
directus_sessions
directus_settings
  vendor catalogue_staff order_staff  reads every: *
directus_shares
  vendor catalogue_staff order_staff  reads own: *
directus_translations
  vendor catalogue_staff order_staff  reads every: *
directus_users
  customer         updates own: tfa_secret
  vendor           reads own: id first_name last_name last_page email password location title description tags provider avatar language appearance theme_light theme_dark tfa_secret status role; updates own: first_name last_name location title description tags avatar language appearance theme_light theme_dark tfa_secret
  catalogue_staff  reads colleagues: id first_name last_name email avatar status; reads own: id first_name last_name last_page email password location title description tags provider avatar language appearance theme_light theme_dark tfa_secret status role; updates own: first_name last_name location title description tags avatar language appearance theme_light theme_dark tfa_secret
  order_staff      reads colleagues: id first_name last_name avatar status; reads own: id first_name last_name last_page email password location title description tags provider avatar language appearance theme_light theme_dark tfa_secret status role; updates own: first_name last_name location title description tags avatar language appearance theme_light theme_dark tfa_secret
directus_versions
`;
