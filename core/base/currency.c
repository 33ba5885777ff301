/* Currency signs and codes: see currency.h. */
#include "base/currency.h"

/* What a sign can stand for. Longer signs come first where one begins another. */
static const struct sign {
  const char *text, *codes;
} signs[] = {
    {"US$", "USD"},
    {"CA$", "CAD"},
    {"AU$", "AUD"},
    {"NZ$", "NZD"},
    {"HK$", "HKD"},
    {"NT$", "TWD"},
    {"MX$", "MXN"},
    {"SG$", "SGD"},
    {"R$", "BRL"},
    {"A$", "AUD"},
    {"C$", "CAD NIO"},
    {"S$", "SGD"},
    {"$", "USD CAD AUD NZD HKD SGD TWD MXN ARS CLP COP UYU DOP NAD JMD TTD BSD BBD BZD BMD BND FJD "
          "GYD KYD LRD SBD SRD XCD CUP BRL"},
    {"€", "EUR"},
    {"£", "GBP EGP LBP SYP SDG GIP FKP SHP IMP JEP GGP"},
    {"¥", "JPY CNY"},
    {"￥", "JPY CNY"},
    {"₹", "INR"},
    {"₽", "RUB"},
    {"₺", "TRY"},
    {"₩", "KRW KPW"},
    {"₪", "ILS"},
    {"฿", "THB"},
    {"₫", "VND"},
    {"₴", "UAH"},
    {"₦", "NGN"},
    {"₱", "PHP"},
    {"₸", "KZT"},
    {"₡", "CRC"},
    {"zł", "PLN"},
    {"Kč", "CZK"},
    {"Ft", "HUF"},
    {"lei", "RON MDL"},
    {"kr.", "DKK NOK SEK ISK"},
    {"kr", "DKK NOK SEK ISK"},
    {"Fr.", "CHF"},
    {"Rs.", "INR PKR LKR NPR MUR SCR"},
    {"Rs", "INR PKR LKR NPR MUR SCR"},
    {"RM", "MYR"},
    {"Rp", "IDR"},
    {"R", "ZAR"},
};

/* ISO 4217, without funds, metals and test codes. */
static const char codes[][4] = {
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
    "BGN", "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD",
    "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD",
    "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ",
    "GYD", "HKD", "HNL", "HRK", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD",
    "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP",
    "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR",
    "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB",
    "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD",
    "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL",
    "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU",
    "UZS", "VES", "VND", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWL",
};

#define SIGNS (sizeof signs / sizeof *signs)
#define CODES (sizeof codes / sizeof *codes)
#define FIRST_CODE 64 /* signs have the numbers from 1, codes from here */
_Static_assert(SIGNS < FIRST_CODE && FIRST_CODE + CODES <= UINT8_MAX, "numbers of currencies");

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool begins_with(pl_str text, const char *with, size_t n) {
  if (text.n < n || memcmp(text.p, with, n) != 0) return false;
  return text.n == n || !is_letter(with[n - 1]) || !is_letter(text.p[n]);
}

uint8_t pl_currency_at(pl_str text, size_t *n) {
  *n = 0;
  if (text.n == 0 || ((unsigned char)text.p[0] < 'A' && text.p[0] != '$')) return 0; /* a digit */
  /* Asked about every text of every column, which mostly begins like none of them. */
  for (size_t i = 0; i < SIGNS; i++) {
    if (signs[i].text[0] != text.p[0]) continue;
    size_t length = strlen(signs[i].text);
    if (!begins_with(text, signs[i].text, length)) continue;
    *n = length;
    return (uint8_t)(i + 1);
  }
  if (text.n < 3 || text.p[0] < 'A' || text.p[0] > 'Z') return 0;
  for (size_t i = 0; i < CODES; i++) {
    if (codes[i][0] != text.p[0] || !begins_with(text, codes[i], 3)) continue;
    *n = 3;
    return (uint8_t)(FIRST_CODE + i);
  }
  return 0;
}

pl_str pl_currency_text(uint8_t currency) {
  if (currency >= 1 && currency <= SIGNS) return pl_str_of(signs[currency - 1].text);
  if (currency >= FIRST_CODE && currency < FIRST_CODE + CODES)
    return pl_str_of(codes[currency - FIRST_CODE]);
  return (pl_str){"", 0};
}

bool pl_currency_is_code(pl_str text) {
  size_t n;
  return pl_currency_at(text, &n) >= FIRST_CODE && n == text.n;
}

bool pl_currency_means(uint8_t currency, pl_str code) {
  if (currency >= FIRST_CODE) return pl_str_eq(pl_currency_text(currency), code);
  if (currency == 0 || currency > SIGNS || code.n != 3) return false;
  for (const char *p = signs[currency - 1].codes; *p; p += p[3] ? 4 : 3)
    if (memcmp(p, code.p, 3) == 0) return true;
  return false;
}
