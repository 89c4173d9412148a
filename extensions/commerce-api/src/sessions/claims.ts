/** What a JWT says, whoever signed it; empty where it is none. */
export function decodedClaims(token: unknown): Record<string, unknown> {
  const [, payload] = typeof token === 'string' ? token.split('.') : [];
  if (!payload) return {};
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return Object(claims) as Record<string, unknown>;
  } catch {
    return {};
  }
}
