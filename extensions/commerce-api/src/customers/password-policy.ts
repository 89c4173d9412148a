/** Which passwords an account may have. Length does most of the work; the list stops what is tried first. */

export const MIN_PASSWORD_LENGTH = 8;
export const MAX_PASSWORD_LENGTH = 256;

/** The most common ones of eight characters or more, in lower case; shorter ones fall to the length. */
const COMMON = new Set(
  `password password1 password12 password123 password1234 password! passw0rd p@ssw0rd p@ssword pa55word passwort
  passwort1 12345678 123456789 1234567890 12345678910 123123123 123456123 123454321 987654321 87654321 0987654321
  11223344 1122334455 112233445566 147258369 159753159 123qwe123 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx
  1qaz2wsx3edc qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 qwerty12345 qwertz123 qwertzui qwertzuiop
  qwer1234 qwe123qwe qazwsxedc asdfghjk asdfghjkl asdf1234 asdfasdf zxcvbnm123 zaq12wsx zaq1zaq1 abcd1234
  abcdefgh abcdefg1 abc12345 abc123456 a1b2c3d4 a1234567 a12345678 aa123456 aa12345678 iloveyou iloveyou1
  iloveyou2 ihateyou princess princess1 sunshine sunshine1 football football1 baseball baseball1 basketball
  superman superman1 batman123 spiderman pokemon1 starwars dragon123 monkey123 shadow123 michael1 jennifer
  jordan23 charlie1 liverpool chelsea1 arsenal1 manchester letmein1 letmein123 trustno1 welcome1 welcome123
  welcome12 admin123 admin1234 admin12345 administrator root1234 test1234 test12345 testtest testing123 guest123
  changeme changeme1 changeme123 default1 secret123 master123 computer internet samsung1 whatever
  freedom1 mustang1 corvette mercedes computer1 cheese123 chocolate butterfly lovelove loveyou1 hello123
  hello1234 helloworld google123 facebook linkedin dropbox1 adobe123 photoshop minecraft fortnite1 summer2024
  summer2025 winter2024 winter2025 summer123 spring2025 autumn2025 correcthorsebatterystaple`.split(/\s+/),
);

export type PasswordFault = 'too_short' | 'too_long' | 'is_your_email' | 'too_common';

/** What is wrong with a password for the account of this address, or null. Lengths count characters, not bytes. */
export function passwordFault(password: string, email: string): PasswordFault | null {
  const length = [...password].length;
  if (length < MIN_PASSWORD_LENGTH) return 'too_short';
  if (length > MAX_PASSWORD_LENGTH) return 'too_long';
  const lowered = password.toLowerCase();
  const address = email.toLowerCase();
  if (lowered === address || lowered === address.split('@')[0]) return 'is_your_email';
  const isOneCharacter = new Set(lowered).size === 1;
  return isOneCharacter || COMMON.has(lowered) ? 'too_common' : null;
}
