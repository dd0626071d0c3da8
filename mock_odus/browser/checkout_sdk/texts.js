// What the checkout says. Another language is another entry here, or `appearance.labels` of one shop.

export const TEXTS = {
  en: {
    title: "Payment",
    cardNumber: "Card number",
    cardExpiry: "Expiry date",
    cardCvc: "Security code",
    cardholderName: "Name on card",
    pay: "Pay {amount}",
    wallet: "Pay with {name}",
    or: "or pay by card",
    savedOnes: "Saved cards",
    saved: "Your saved card",
    newCard: "Another card",
    loading: "Loading…",
    paid: "This payment is complete.",
    cancelled: "This payment was cancelled.",
    waiting: "This payment is waiting for your confirmation.",
    goOn: "Continue",
    simulated: "Simulated by mock_odus · no money moves",
    numberMissing: "Enter the card number.",
    numberInvalid: "This is no valid card number.",
    expiryMissing: "Enter the expiry date.",
    expiryInvalid: "Enter month and year, such as 09 / 30.",
    expiryPast: "This card has expired.",
    cvcMissing: "Enter the security code.",
    cvcInvalid: "The security code has 3 or 4 digits.",
    declined: "The payment was declined.",
    offline: "There was no answer. Please try again.",
  },
  de: {
    title: "Zahlung",
    cardNumber: "Kartennummer",
    cardExpiry: "Gültig bis",
    cardCvc: "Prüfziffer",
    cardholderName: "Name auf der Karte",
    pay: "{amount} bezahlen",
    wallet: "Mit {name} bezahlen",
    or: "oder mit Karte bezahlen",
    savedOnes: "Gespeicherte Karten",
    saved: "Ihre gespeicherte Karte",
    newCard: "Andere Karte",
    loading: "Wird geladen …",
    paid: "Diese Zahlung ist abgeschlossen.",
    cancelled: "Diese Zahlung wurde storniert.",
    waiting: "Diese Zahlung wartet auf Ihre Bestätigung.",
    goOn: "Weiter",
    simulated: "Simuliert von mock_odus · es fließt kein Geld",
    numberMissing: "Bitte geben Sie die Kartennummer ein.",
    numberInvalid: "Diese Kartennummer ist ungültig.",
    expiryMissing: "Bitte geben Sie das Ablaufdatum ein.",
    expiryInvalid: "Bitte Monat und Jahr eingeben, etwa 09 / 30.",
    expiryPast: "Diese Karte ist abgelaufen.",
    cvcMissing: "Bitte geben Sie die Prüfziffer ein.",
    cvcInvalid: "Die Prüfziffer hat 3 oder 4 Stellen.",
    declined: "Die Zahlung wurde abgelehnt.",
    offline: "Keine Antwort. Bitte versuchen Sie es noch einmal.",
  },
};

/** The texts of a language, `de-AT` is `de`; the shop's own labels win, English stands in for what is missing. */
export function speak(locale = "en", labels = {}) {
  const language = locale.split("-")[0];
  const isKnown = Object.hasOwn(TEXTS, language) || Object.keys(labels).length > 0;
  return { ...TEXTS.en, ...TEXTS[language], ...labels, language: isKnown ? locale : "en" };
}
