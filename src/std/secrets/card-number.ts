// Payment card numbers: digits of a known issuer with a right check digit. Anything looser masks order numbers.

// https://en.wikipedia.org/wiki/Payment_card_number#Issuer_identification_number_(IIN)
const issuers = /^(?:4\d{15}|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|3[47]\d{13}|6(?:011|5\d\d)\d{12}|35\d{14})$/;

/** Whether text of digits, blanks and hyphens is the number of a payment card. */
export function isCardNumber(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  return issuers.test(digits) && hasRightCheckDigit(digits);
}

// Luhn, ISO/IEC 7812-1 annex B.
function hasRightCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const weighted = i % 2 === 1 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}
