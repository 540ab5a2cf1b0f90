/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <math.h>
#include <string.h>

#include "number/error.h"
#include "number/format.h"
#include "number/random.h"
#include "number/vector-unit-private.h"

#define EXPECTED ": expected Qm.n, UQm.n, ap_fixed<W,I>, ap_ufixed<W,I>, fixdt(s,W,F) or float"

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    FxpFormat format;
    const char *canonical;
  } rows[] = {
    {"Q2.9", {12, 9, TRUE}, "Q2.9"},
    {"q2.9", {12, 9, TRUE}, "Q2.9"},
    {" \t Q2.9\r\n", {12, 9, TRUE}, "Q2.9"},
    {"Q0.0", {1, 0, TRUE}, "Q0.0"},
    {"UQ1.7", {8, 7, FALSE}, "UQ1.7"},
    {"uQ0.1", {1, 1, FALSE}, "UQ0.1"},
    {"Q-3.10", {8, 10, TRUE}, "Q-3.10"},
    {"Q10.-2", {9, -2, TRUE}, "Q10.-2"},
    {"UQ-118.126", {8, 126, FALSE}, "UQ-118.126"},
    {"Q127.-96", {32, -96, TRUE}, "Q127.-96"},
    {"Q31.0", {32, 0, TRUE}, "Q31.0"},
    {"UQ0.32", {32, 32, FALSE}, "UQ0.32"},
    {"Q002.0009", {12, 9, TRUE}, "Q2.9"},
    {"Q-0.7", {8, 7, TRUE}, "Q0.7"},
    {"ap_fixed<12,3>", {12, 9, TRUE}, "Q2.9"},
    {"ap_fixed< 12 , 3 >", {12, 9, TRUE}, "Q2.9"},
    {"AP_FIXED <8,-2>", {8, 10, TRUE}, "Q-3.10"},
    {"ap_ufixed<8,1>", {8, 7, FALSE}, "UQ1.7"},
    {"ap_ufixed<8,40>", {8, -32, FALSE}, "UQ40.-32"},
    {"fixdt(1,16,12)", {16, 12, TRUE}, "Q3.12"},
    {"fixdt(true, 16, 12)", {16, 12, TRUE}, "Q3.12"},
    {"FixDT(0,8,-3)", {8, -3, FALSE}, "UQ11.-3"},
    {"fixdt (False,8,8)", {8, 8, FALSE}, "UQ0.8"},
    {"float", {0, 0, TRUE}, "float"},
    {" FLOAT ", {0, 0, TRUE}, "float"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *canonical = NULL;
      FxpFormat format = {99, 99, 99};

      fxp_format_parse (rows[i].text, &format, &error);
      g_assert_no_error (error);
      g_assert_cmpint (format.word_bits, ==, rows[i].format.word_bits);
      g_assert_cmpint (format.frac_bits, ==, rows[i].format.frac_bits);
      g_assert_cmpint (format.is_signed, ==, rows[i].format.is_signed);
      canonical = fxp_format_to_string (format);
      g_assert_cmpstr (canonical, ==, rows[i].canonical);
    }
}

static void
test_parse_errors (void)
{
  static const struct
  {
    const char *text;
    FxpError code;
    const char *message;
  } rows[] = {
    {"Q9", FXP_ERROR_PARSE, "\"Q9\"" EXPECTED},
    {"", FXP_ERROR_PARSE, "\"\"" EXPECTED},
    {"   ", FXP_ERROR_PARSE, "\"   \"" EXPECTED},
    {"Q", FXP_ERROR_PARSE, "\"Q\"" EXPECTED},
    {"Q.", FXP_ERROR_PARSE, "\"Q.\"" EXPECTED},
    {"Q2.", FXP_ERROR_PARSE, "\"Q2.\"" EXPECTED},
    {"Q.9", FXP_ERROR_PARSE, "\"Q.9\"" EXPECTED},
    {"Q2,9", FXP_ERROR_PARSE, "\"Q2,9\"" EXPECTED},
    {"Q 2.9", FXP_ERROR_PARSE, "\"Q 2.9\"" EXPECTED},
    {"Q2.9x", FXP_ERROR_PARSE, "\"Q2.9x\"" EXPECTED},
    {"Q2.9 Q2.9", FXP_ERROR_PARSE, "\"Q2.9 Q2.9\"" EXPECTED},
    {"Q--2.9", FXP_ERROR_PARSE, "\"Q--2.9\"" EXPECTED},
    {"Q+2.9", FXP_ERROR_PARSE, "\"Q+2.9\"" EXPECTED},
    {"Q0x2.9", FXP_ERROR_PARSE, "\"Q0x2.9\"" EXPECTED},
    {"U2.9", FXP_ERROR_PARSE, "\"U2.9\"" EXPECTED},
    {"float32", FXP_ERROR_PARSE, "\"float32\"" EXPECTED},
    {"ap_fixed", FXP_ERROR_PARSE, "\"ap_fixed\"" EXPECTED},
    {"ap_fixed<12>", FXP_ERROR_PARSE, "\"ap_fixed<12>\"" EXPECTED},
    {"ap_fixed<12,3", FXP_ERROR_PARSE, "\"ap_fixed<12,3\"" EXPECTED},
    {"ap_fixed(12,3)", FXP_ERROR_PARSE, "\"ap_fixed(12,3)\"" EXPECTED},
    {"fixdt(2,16,12)", FXP_ERROR_PARSE, "\"fixdt(2,16,12)\"" EXPECTED},
    {"fixdt(1,16)", FXP_ERROR_PARSE, "\"fixdt(1,16)\"" EXPECTED},
    {"fixdt(11,16,4)", FXP_ERROR_PARSE, "\"fixdt(11,16,4)\"" EXPECTED},
    {"Q\n2.9", FXP_ERROR_PARSE, "\"Q\\x0a2.9\"" EXPECTED},
    {"\xc3\xa4", FXP_ERROR_PARSE, "\"\xc3\xa4\"" EXPECTED},
    {"Q40.2", FXP_ERROR_RANGE, "\"Q40.2\": the word has 43 bits, expected 1 to 32"},
    {"UQ0.33", FXP_ERROR_RANGE, "\"UQ0.33\": the word has 33 bits, expected 1 to 32"},
    {"Q0.-1", FXP_ERROR_RANGE, "\"Q0.-1\": the word has 0 bits, expected 1 to 32"},
    {"ap_fixed<0,0>", FXP_ERROR_RANGE, "\"ap_fixed<0,0>\": the word has 0 bits, expected 1 to 32"},
    {"fixdt(1,-8,4)", FXP_ERROR_RANGE, "\"fixdt(1,-8,4)\": the word has -8 bits, expected 1 to 32"},
    {"UQ-120.127",
     FXP_ERROR_RANGE,
     "\"UQ-120.127\": the fraction has 127 bits, expected -96 to 126"},
    {"fixdt(1,8,-97)",
     FXP_ERROR_RANGE,
     "\"fixdt(1,8,-97)\": the fraction has -97 bits, expected -96 to 126"},
    {"Q4294967298.9",
     FXP_ERROR_RANGE,
     "\"Q4294967298.9\": a number is too large, expected a word of 1 to 32 bits and a fraction of "
     "-96 to 126 bits"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      FxpFormat format = {7, 3, FALSE};

      g_assert_false (fxp_format_parse (rows[i].text, &format, &error));
      g_assert_error (error, FXP_ERROR, (int)rows[i].code);
      g_assert_cmpstr (error->message, ==, rows[i].message);
      g_assert_true (fxp_format_equal (format, FXP_FORMAT_UNSIGNED (7, 3)));
      g_assert_false (fxp_format_parse (rows[i].text, &format, NULL));
    }
}

/* Numbers of any length, and the message quotes only so much of them. */
static void
test_parse_long (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *digits = g_strnfill (100000, '9');
  g_autofree char *huge = g_strdup_printf ("Q-%s.%s", digits, digits);
  g_autofree char *zeros = g_strnfill (1000, '0');
  g_autofree char *padded = g_strdup_printf ("Q%s2.%s9", zeros, zeros);
  FxpFormat format;

  g_assert_false (fxp_format_parse (huge, &format, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
  g_assert_cmpuint (strlen (error->message), <, 200);
  g_assert_true (fxp_format_parse (padded, &format, NULL));
  g_assert_true (fxp_format_equal (format, FXP_FORMAT_SIGNED (12, 9)));
}

static void
check_round_trip (FxpFormat format)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = fxp_format_to_string (format);
  FxpFormat again;

  g_assert_true (fxp_format_validate (format, &error));
  g_assert_no_error (error);
  fxp_format_parse (text, &again, &error);
  g_assert_no_error (error);
  g_assert_true (fxp_format_equal (format, again));
}

static void
test_round_trip (void)
{
  for (int word = 1; word <= FXP_WORD_BITS_MAX; word++)
    for (int frac = FXP_FRAC_BITS_MIN; frac <= FXP_FRAC_BITS_MAX; frac++)
      {
        check_round_trip (FXP_FORMAT_SIGNED ((guint8)word, (gint8)frac));
        check_round_trip (FXP_FORMAT_UNSIGNED ((guint8)word, (gint8)frac));
      }
  check_round_trip (FXP_FORMAT_FLOAT);
}

/* What a careless or hostile typist may send: bytes at random, and pieces of right spellings. */
static void
test_fuzz (void)
{
  static const char *const pieces[] = {"Q",
                                       "UQ",
                                       "q",
                                       "-",
                                       ".",
                                       "0",
                                       "1",
                                       "9",
                                       "32",
                                       "126",
                                       "-96",
                                       "ap_fixed",
                                       "ap_ufixed",
                                       "<",
                                       ">",
                                       ",",
                                       "(",
                                       ")",
                                       "fixdt",
                                       "float",
                                       " ",
                                       "\t",
                                       "true",
                                       "\xff",
                                       "\xc3",
                                       "\xe2\x80\xa6",
                                       "99999999999999999999",
                                       "\x01",
                                       "%s%n"};
  g_autoptr (GRand) rand = g_rand_new_with_seed (20190506);
  guint n_valid = 0;

  for (int trial = 0; trial < 100000; trial++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GString) text = g_string_new (NULL);
      FxpFormat format = {33, 127, 5};

      for (int n = g_rand_int_range (rand, 0, 9); n > 0; n--)
        if (trial % 4 == 0)
          g_string_append_c (text, (char)g_rand_int_range (rand, 1, 256));
        else
          g_string_append (text, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);

      if (fxp_format_parse (text->str, &format, &error))
        {
          n_valid++;
          g_assert_no_error (error);
          check_round_trip (format);
          continue;
        }
      g_assert_true (g_error_matches (error, FXP_ERROR, FXP_ERROR_PARSE) ||
                     g_error_matches (error, FXP_ERROR, FXP_ERROR_RANGE));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_null (strpbrk (error->message, "\n\t\r\x01"));
      g_assert_cmpint (format.word_bits, ==, 33);
      g_assert_cmpint (format.frac_bits, ==, 127);
      g_assert_cmpint (format.is_signed, ==, 5);
    }

  g_assert_cmpuint (n_valid, >, 100);
}

static void
test_validate (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (fxp_format_validate (FXP_FORMAT_FLOAT, &error));
  g_assert_false (fxp_format_validate (FXP_FORMAT_SIGNED (33, 0), &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
  g_assert_cmpstr (error->message, ==, "Q32.0: the word has 33 bits, expected 1 to 32");
  g_clear_error (&error);
  g_assert_false (fxp_format_validate (FXP_FORMAT_UNSIGNED (8, 127), &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
}

static void
test_equal (void)
{
  g_assert_true (fxp_format_equal (FXP_FORMAT_SIGNED (8, 4), FXP_FORMAT_SIGNED (8, 4)));
  g_assert_false (fxp_format_equal (FXP_FORMAT_SIGNED (8, 4), FXP_FORMAT_UNSIGNED (8, 4)));
  g_assert_false (fxp_format_equal (FXP_FORMAT_SIGNED (8, 4), FXP_FORMAT_SIGNED (9, 4)));
  g_assert_false (fxp_format_equal (FXP_FORMAT_SIGNED (8, 4), FXP_FORMAT_SIGNED (8, 5)));
  g_assert_false (fxp_format_equal (FXP_FORMAT_FLOAT, FXP_FORMAT_SIGNED (8, 0)));
  g_assert_true (fxp_format_equal (FXP_FORMAT_FLOAT, FXP_FORMAT_UNSIGNED (0, 5)));
  /* TRUE is whatever is not 0. */
  g_assert_true (fxp_format_equal ((FxpFormat){8, 4, 2}, FXP_FORMAT_SIGNED (8, 4)));
}

/* Ends, step and storage of every format; codes at the ends come back from storage and decode. */
static void
check_ends (FxpFormat format)
{
  const FxpStorage storage = fxp_format_get_storage (format);
  const gsize size = fxp_storage_get_size (storage);
  const gint64 ends[2] = {fxp_format_get_min_code (format), fxp_format_get_max_code (format)};
  const double step = fxp_format_get_step (format);
  guint8 codes[8];
  double values[2];

  g_assert_cmpint (ends[1] - ends[0] + 1, ==, G_GINT64_CONSTANT (1) << format.word_bits);
  g_assert_cmpint (ends[0] < 0, ==, format.is_signed);
  g_assert_cmpfloat (step, ==, ldexp (1.0, -format.frac_bits));
  g_assert_cmpfloat (fxp_format_get_min (format), ==, (double)ends[0] * step);
  g_assert_cmpfloat (fxp_format_get_max (format), ==, (double)ends[1] * step);
  g_assert_cmpint (fxp_format_get_int_bits (format) + format.frac_bits + !!format.is_signed,
                   ==,
                   format.word_bits);
  g_assert_cmpuint (8 * size, >=, format.word_bits);
  g_assert_true (size == 1 || 8 * size < 2u * format.word_bits);

  for (int i = 0; i < 2; i++)
    {
      /* The low bytes of the code, wherever this CPU has them. */
      gsize offset = G_BYTE_ORDER == G_LITTLE_ENDIAN ? 0 : sizeof ends[i] - size;
      memcpy (codes + (gsize)i * size, (const guint8 *)&ends[i] + offset, size);
    }
  fxp_format_decode (format, codes, 2, values);
  for (gsize i = 0; i < 2; i++)
    {
      g_assert_cmpint (fxp_format_get_code (format, codes, i), ==, ends[i]);
      g_assert_cmpfloat (values[i], ==, (double)ends[i] * step);
    }
}

static void
test_ends (void)
{
  static const gint8 fracs[] = {FXP_FRAC_BITS_MIN, -5, 0, 7, 32, FXP_FRAC_BITS_MAX};

  for (guint8 word = 1; word <= FXP_WORD_BITS_MAX; word++)
    for (gsize i = 0; i < G_N_ELEMENTS (fracs); i++)
      {
        check_ends (FXP_FORMAT_SIGNED (word, fracs[i]));
        check_ends (FXP_FORMAT_UNSIGNED (word, fracs[i]));
      }
}

static void
test_float (void)
{
  static const float codes[] = {0.1f, -3e38f, 0x1p-149f, INFINITY};
  double values[G_N_ELEMENTS (codes)];

  g_assert_true (fxp_format_is_float (FXP_FORMAT_FLOAT));
  g_assert_cmpfloat (fxp_format_get_step (FXP_FORMAT_FLOAT), ==, 0.0);
  g_assert_cmpfloat (fxp_format_get_min (FXP_FORMAT_FLOAT), ==, -INFINITY);
  g_assert_cmpfloat (fxp_format_get_max (FXP_FORMAT_FLOAT), ==, INFINITY);
  g_assert_cmpint (fxp_format_get_storage (FXP_FORMAT_FLOAT), ==, FXP_STORAGE_F32);
  g_assert_cmpuint (fxp_storage_get_size (FXP_STORAGE_F32), ==, 4);

  fxp_format_decode (FXP_FORMAT_FLOAT, codes, G_N_ELEMENTS (codes), values);
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    g_assert_cmpfloat (values[i], ==, (double)codes[i]);
}

static double
decode_one (FxpFormat format, const guint32 *codes, gsize i)
{
  float value;

  if (!fxp_format_is_float (format))
    return (double)fxp_format_get_code (format, codes, i) * fxp_format_get_step (format);
  memcpy (&value, &codes[i], sizeof value);
  return value;
}

/* Codes of every storage and length, with each vector unit. */
static void
test_decode_units (void)
{
  static const FxpFormat formats[] = {
    FXP_FORMAT_SIGNED (8, 5),
    FXP_FORMAT_UNSIGNED (8, -20),
    FXP_FORMAT_SIGNED (16, 120),
    FXP_FORMAT_UNSIGNED (16, 3),
    FXP_FORMAT_SIGNED (32, 31),
    FXP_FORMAT_UNSIGNED (32, -96),
    FXP_FORMAT_FLOAT,
  };
  enum
  {
    N = 100
  };
  const FxpNoise noise = {{11, 12}};
  guint32 codes[N];
  double values[N + 1];

  for (guint32 i = 0; i < N; i++)
    codes[i] = fxp_noise_draw (noise, i) & ~0x40000000u;
  for (int unit = 0; unit < FXP_N_VECTOR_UNITS; unit++)
    for (gsize k = 0; k < G_N_ELEMENTS (formats); k++)
      for (gsize n = 0; n <= N; n++)
        {
          fxp_vector_unit_limit ((FxpVectorUnit)unit);
          values[n] = 0.125;
          fxp_format_decode (formats[k], codes, n, values);
          fxp_vector_unit_limit (FXP_N_VECTOR_UNITS - 1);
          for (gsize i = 0; i < n; i++)
            g_assert_cmpfloat (values[i], ==, decode_one (formats[k], codes, i));
          g_assert_cmpfloat (values[n], ==, 0.125);
        }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/number/format/parse", test_parse);
  g_test_add_func ("/number/format/parse-errors", test_parse_errors);
  g_test_add_func ("/number/format/parse-long", test_parse_long);
  g_test_add_func ("/number/format/round-trip", test_round_trip);
  g_test_add_func ("/number/format/fuzz", test_fuzz);
  g_test_add_func ("/number/format/validate", test_validate);
  g_test_add_func ("/number/format/equal", test_equal);
  g_test_add_func ("/number/format/ends", test_ends);
  g_test_add_func ("/number/format/float", test_float);
  g_test_add_func ("/number/format/decode-units", test_decode_units);

  return g_test_run ();
}
