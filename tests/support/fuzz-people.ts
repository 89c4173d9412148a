/** Hostile requests at sessions and accounts. */
import fc, { type Arbitrary } from 'fast-check';
import { asked, oneOf } from './fuzz-asked.ts';
import { type Words } from './fuzz-query.ts';
import { oddBody, type FuzzRequest } from './fuzz-request.ts';
import { broken, nastyText, nastyValue, placeholder } from './fuzz-values.ts';

/** Nobody signs out: the other requests of a run still need their sessions. */
export function sessionRequests({ query }: Words): Arbitrary<FuzzRequest> {
  const credentials = fc.record(
    {
      email: oneOf<unknown>([2, placeholder('email')], [1, nastyValue]),
      password: oneOf<unknown>([1, nastyText], [1, nastyValue]),
      otp: nastyValue,
      mode: oneOf<unknown>([2, fc.constantFrom('json', 'cookie', 'session')], [1, nastyValue]),
      share: nastyValue,
    },
    { requiredKeys: ['email', 'password'] },
  );
  const token = fc.record(
    {
      refresh_token: nastyValue,
      token: nastyValue,
      password: nastyValue,
      mode: oneOf<unknown>([2, fc.constantFrom('json', 'cookie', 'session')], [1, nastyValue]),
      email: oneOf<unknown>([1, placeholder('email')], [1, nastyValue]),
      reset_url: nastyValue,
    },
    { requiredKeys: [] },
  );
  const profile = fc.dictionary(
    fc.constantFrom(
      'first_name',
      'last_name',
      'language',
      'appearance',
      'role',
      'policies',
      'status',
      'tags',
      'avatar',
      'title',
      'x',
      'theme_light_overrides',
    ),
    nastyValue,
    { maxKeys: 3 },
  );
  return oneOf(
    [
      4,
      asked(
        '/auth',
        fc.constantFrom('POST', 'POST', 'POST', 'GET'),
        fc.constantFrom(
          '/auth/login',
          '/auth/login/default',
          '/auth/login/x',
          '/auth/login/constructor',
          '/auth',
        ),
        { body: oddBody(credentials) },
      ),
    ],
    [
      4,
      asked(
        '/auth',
        fc.constant('POST'),
        fc.constantFrom('/auth/refresh', '/auth/logout', '/auth/password/request', '/auth/password/reset'),
        { body: oddBody(token), as: fc.constant('anonymous') },
      ),
    ],
    [
      2,
      asked(
        '/users/me',
        fc.constantFrom('GET', 'GET', 'HEAD'),
        fc.constantFrom(
          '/users/me',
          '/users',
          '/users/x',
          '/users/me/roles',
          '/roles/me',
          '/policies/me/globals',
          '/permissions/me',
        ),
        { query },
      ),
    ],
    [
      2,
      asked('/users/me', fc.constant('PATCH'), fc.constantFrom('/users/me', '/users/me/track/page'), {
        query,
        body: oddBody(profile),
        as: fc.constantFrom('anonymous', 'customer'),
      }),
    ],
    [
      1,
      asked(
        '/users',
        fc.constant('POST'),
        fc.constantFrom(
          '/users/me/tfa/generate',
          '/users/me/tfa/enable',
          '/users/me/tfa/disable',
          '/users/invite',
          '/users/invite/accept',
          '/users/register',
          '/users/register/verify-email',
          '/users',
        ),
        {
          body: oddBody(
            broken(
              fc.record(
                {
                  password: nastyValue,
                  email: nastyValue,
                  token: nastyValue,
                  otp: nastyValue,
                  secret: nastyValue,
                  role: nastyValue,
                },
                { requiredKeys: [] },
              ),
            ),
          ),
          as: fc.constantFrom('anonymous', 'customer', 'order_staff'),
        },
      ),
    ],
  );
}
