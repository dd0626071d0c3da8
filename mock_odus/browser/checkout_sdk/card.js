// What can be said of a card before anybody is asked: brand, grouping, check digit, dates.

const BRANDS = [
  ["visa", /^4/, [13, 16, 19]],
  ["mastercard", /^(5[1-5]|2[2-7])/, [16]],
  ["amex", /^3[47]/, [15]],
  ["discover", /^(6011|64[4-9]|65)/, [16, 19]],
];
const LENGTHS = [12, 13, 14, 15, 16, 17, 18, 19];
// Documented test numbers whose check digit is wrong; the mock takes them all the same.
const TAKEN = new Set(["370000000000018"]);

export const digits = (text) => text.replace(/\D/g, "");

export function brand(number) {
  const [name = "", , lengths = LENGTHS] = BRANDS.find(([, begins]) => begins.test(number)) ?? [];
  return { name, lengths };
}

function luhn(number) {
  let sum = 0;
  for (let place = 0; place < number.length; place++) {
    const digit = Number(number[number.length - 1 - place]) * (place % 2 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

export const format = {
  cardNumber(text) {
    const number = digits(text).slice(0, 19);
    const { name, lengths } = brand(number);
    const groups = name === "amex" ? /^(\d{0,4})(\d{0,6})(\d{0,5})/ : /^(\d{0,4})(\d{0,4})(\d{0,4})(\d{0,4})(\d{0,3})/;
    return groups.exec(number.slice(0, Math.max(...lengths))).slice(1).filter(Boolean).join(" ");
  },
  cardExpiry(text) {
    let given = digits(text);
    if (/^\s*\d\s*[/.-]/.test(text) || /^[2-9]/.test(given)) given = `0${given}`;
    // A year that a browser has filled in may have four digits.
    if (given.length === 6 && given.slice(2, 4) === "20") given = given.slice(0, 2) + given.slice(4);
    given = given.slice(0, 4);
    return given.length > 2 ? `${given.slice(0, 2)} / ${given.slice(2)}` : given;
  },
  cardCvc: (text) => digits(text).slice(0, 4),
  cardholderName: (text) => text,
};

/** The name of the text that says what is wrong, or nothing. `now` is the sandbox's time. */
export const problem = {
  cardNumber(text) {
    const number = digits(text);
    if (!number) return "numberMissing";
    const fits = brand(number).lengths.includes(number.length) && luhn(number);
    return fits || TAKEN.has(number) ? "" : "numberInvalid";
  },
  cardExpiry(text, now) {
    const { expMonth, expYear } = expiry(text);
    if (!digits(text)) return "expiryMissing";
    if (digits(text).length < 4 || expMonth < "01" || expMonth > "12") return "expiryInvalid";
    return `${expYear}-${expMonth}` < now.slice(0, 7) ? "expiryPast" : "";
  },
  cardCvc(text) {
    if (!text) return "cvcMissing";
    return text.length < 3 ? "cvcInvalid" : "";
  },
  cardholderName: () => "",
};

export function expiry(text) {
  const given = digits(text);
  return { expMonth: given.slice(0, 2), expYear: `20${given.slice(2)}` };
}

/** The body of an authorize, from what stands in the fields. */
export function body(values) {
  const card = { number: digits(values.cardNumber), ...expiry(values.cardExpiry), cvv: values.cardCvc };
  if (values.cardholderName?.trim()) card.cardholderName = values.cardholderName.trim();
  return { type: "card", card };
}
