-- What earlier versions had and nothing reads any more.

-- Customers at providers are in commerce.provider_customers.
alter table customers drop column if exists stripe_customer;
delete from directus_fields where collection = 'customers' and field = 'stripe_customer';
