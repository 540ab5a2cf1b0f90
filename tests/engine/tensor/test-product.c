/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/vector-unit-private.h"
#include "tensor/matmul-private.h"

#include <string.h>

/* A line of the golden file, see tests/golden/matmul.py. */
typedef struct
{
  guint64 state; /* of the generator of codes, at first the seed */
  FxpFormat a, b;
  gsize m, k, n;
  FxpSumRegister sum;
  FxpSumCounts counts;
  char **fields; /* all of them, as text */
  const char *const *sums;
} Case;

#define N_FIELDS_BEFORE_SUMS 12

static void
case_clear (Case *self)
{
  g_strfreev (self->fields);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Case, case_clear)

static guint64
get_number (const Case *self, guint i)
{
  guint64 number = 0;

  g_assert_true (g_ascii_string_to_unsigned (self->fields[i], 10, 0, G_MAXUINT64, &number, NULL));
  return number;
}

static void
case_init (Case *self, const char *line)
{
  self->fields = g_strsplit (line, " ", -1);
  g_assert_cmpuint (g_strv_length (self->fields), >, N_FIELDS_BEFORE_SUMS);
  self->state = get_number (self, 0);
  self->a = (FxpFormat){get_number (self, 1), 0, get_number (self, 2)};
  self->b = (FxpFormat){get_number (self, 3), 0, get_number (self, 4)};
  self->m = get_number (self, 5);
  self->k = get_number (self, 6);
  self->n = get_number (self, 7);
  g_assert_true (fxp_sum_mode_parse (self->fields[8], &self->sum.mode, NULL));
  self->sum.bits = get_number (self, 9);
  self->counts.n = self->m * self->n;
  self->counts.n_overflowed = get_number (self, 10);
  self->counts.peak = get_number (self, 11);
  self->sums = (const char *const *)self->fields + N_FIELDS_BEFORE_SUMS;
  g_assert_cmpuint (g_strv_length ((char **)self->sums), ==, self->counts.n);
}

static guint32
draw (Case *self)
{
  self->state = self->state * G_GUINT64_CONSTANT (6364136223846793005) +
                G_GUINT64_CONSTANT (1442695040888963407);
  return (guint32)(self->state >> 32);
}

static gint64
take_code (Case *self, FxpFormat format)
{
  gint64 least = fxp_format_get_min_code (format);
  guint64 n_codes = (guint64)1 << format.word_bits;
  guint32 kind = draw (self) % 4, number = draw (self);

  if (kind == 0)
    return least;
  if (kind == 1)
    return fxp_format_get_max_code (format);
  return least + (gint64)(number % n_codes);
}

/* Codes in storage order. */
static gpointer
take_codes (Case *self, FxpFormat format, gsize n)
{
  gsize size = fxp_storage_get_size (fxp_format_get_storage (format));
  guint8 *codes = g_malloc (n * size);

  for (gsize i = 0; i < n; i++)
    {
      gint64 code = take_code (self, format);

      memcpy (codes + i * size, &code, size);
    }
  return codes;
}

static void
check_line (const char *line, FxpScratch *scratch)
{
  g_auto (Case) self = {0};
  g_autofree gpointer a_codes = NULL;
  g_autofree gpointer b_codes = NULL;
  g_autofree double *out = NULL;
  FxpSumCounts counts = {0};
  FxpMatrix a, b;

  case_init (&self, line);
  a_codes = take_codes (&self, self.a, self.m * self.k);
  b_codes = take_codes (&self, self.b, self.k * self.n);
  out = g_new0 (double, self.m *self.n);
  a = (FxpMatrix){a_codes, self.a, self.k, 1};
  b = (FxpMatrix){b_codes, self.b, self.n, 1};
  fxp_matmul (&a, &b, self.m, self.n, self.k, &self.sum, out, self.n, scratch, NULL, &counts);

  for (gsize i = 0; i < self.m * self.n; i++)
    {
      gint64 expected = 0;

      g_assert_true (
        g_ascii_string_to_signed (self.sums[i], 10, G_MININT64, G_MAXINT64, &expected, NULL));
      if ((double)expected != out[i])
        g_test_message ("sum %zu of %s", i, line);
      g_assert_cmpfloat (out[i], ==, (double)expected);
    }
  g_assert_cmpuint (counts.n, ==, self.counts.n);
  g_assert_cmpuint (counts.n_overflowed, ==, self.counts.n_overflowed);
  g_assert_cmpuint (counts.peak, ==, self.counts.peak);
}

/* @data: the vector unit. */
static void
test_golden (gconstpointer data)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "golden", "matmul.txt", NULL);
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_UINT (data));
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (**line != '\0' && **line != '#')
      {
        check_line (*line, scratch);
        n++;
      }
  g_assert_cmpuint (n, >=, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint unit = 0; unit <= fxp_vector_unit_get (); unit++)
    {
      g_autofree char *path = g_strconcat ("/tensor/product/golden/",
                                           fxp_vector_unit_get_name ((FxpVectorUnit)unit),
                                           NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (unit), test_golden);
    }
  return g_test_run ();
}
