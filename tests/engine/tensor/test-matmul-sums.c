/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/random.h"
#include "number/vector-unit-private.h"
#include "tensor/matmul-private.h"

#include <math.h>
#include <string.h>

#define SPARE 16 /* sums behind the last one, which nobody may touch */

/* Operands, and the longest sum that 32 bits provably hold: one more may not be short. */
typedef struct
{
  FxpFormat a, b;
  gsize longest;
} Case;

static const Case cases[] = {
  {{8, 5, TRUE}, {8, 7, TRUE}, 131071},
  {{12, 8, TRUE}, {12, 11, TRUE}, 511},
  {{12, 8, TRUE}, {15, 11, FALSE}, 32},
  {{14, 3, TRUE}, {13, -9, TRUE}, 63},
};

static guint8 *
codes_new (FxpFormat format, gsize n, guint kind)
{
  const gsize size = fxp_storage_get_size (fxp_format_get_storage (format));
  const FxpNoise noise = fxp_noise_new (3, 0, kind, 0, FXP_STREAM_SYNTHETIC);
  const gint64 least = fxp_format_get_min_code (format);
  const gint64 n_codes = fxp_format_get_max_code (format) - least + 1;
  guint8 *codes = g_malloc (n * size);

  for (gsize i = 0; i < n; i++)
    {
      const guint32 draw = fxp_noise_draw (noise, (guint32)i);
      const gint64 code = draw % 4 == 0 ? least : least + (gint64)(draw >> 2) % n_codes;

      /* The low bytes of two's complement serve every width. */
      memcpy (codes + i * size, &code, size);
    }
  return codes;
}

/* Sums times their step are what the product with real values has; @turned: a lies by columns. */
static void
check (const Case *self, gsize m, gsize n, gsize k, gboolean turned, FxpTeam *team)
{
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();
  g_autofree guint8 *a_codes = codes_new (self->a, m * k, 0);
  g_autofree guint8 *b_codes = codes_new (self->b, k * n, 1);
  g_autofree gint32 *sums = g_new (gint32, m * n + SPARE);
  g_autofree double *values = g_new (double, m *n);
  const FxpMatrix a = {a_codes, self->a, turned ? 1 : k, turned ? m : 1};
  const FxpMatrix b = {b_codes, self->b, turned ? n : 1, turned ? 1 : k};
  const int frac_bits = self->a.frac_bits + self->b.frac_bits;
  FxpSumCounts counts = {0};

  memset (sums, 0x5a, (m * n + SPARE) * sizeof *sums);
  g_assert_true (fxp_matmul_is_short (self->a, self->b, k, &FXP_SUM_REGISTER_EXACT));
  fxp_matmul_form_sums (&a, &b, m, n, k, sums, scratch, team);
  fxp_matmul (&a, &b, m, n, k, &FXP_SUM_REGISTER_EXACT, values, n, scratch, team, &counts);
  for (gsize i = 0; i < m * n; i++)
    g_assert_cmpfloat (ldexp (sums[i], -frac_bits), ==, values[i]);
  for (gsize i = m * n; i < m * n + SPARE; i++)
    g_assert_cmpint (sums[i], ==, 0x5a5a5a5a);
}

/* Full strips, halves of them and what fills up neither; @data: the vector unit. */
static void
test_sums (gconstpointer data)
{
  static const gsize sizes[] = {1, 7, 16, 17, 32, 48, 50, 200};
  g_autoptr (FxpTeam) team = fxp_team_new (2);

  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_UINT (data));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
      for (guint l = 0; l < G_N_ELEMENTS (sizes); l++)
        {
          const gsize k = MIN (cases[i].longest, 1 + 37 * ((i + j + l) % 8));

          check (&cases[i], sizes[j], sizes[l], k, (i + j) % 2 == 0, l % 3 == 0 ? team : NULL);
        }
}

static void
test_is_short (void)
{
  const FxpFormat wide = FXP_FORMAT_SIGNED (17, 3), one = FXP_FORMAT_SIGNED (8, 0);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *of = &cases[i];

      g_assert_true (fxp_matmul_is_short (of->a, of->b, of->longest, &FXP_SUM_REGISTER_EXACT));
      g_assert_false (fxp_matmul_is_short (of->a, of->b, of->longest + 1, &FXP_SUM_REGISTER_EXACT));
    }
  for (FxpSumMode mode = FXP_SUM_WRAP; mode < FXP_N_SUM_MODES; mode++)
    {
      g_assert_true (fxp_matmul_is_short (one, one, 127, &(FxpSumRegister){mode, 22}));
      g_assert_false (fxp_matmul_is_short (one, one, 128, &(FxpSumRegister){mode, 22}));
    }
  g_assert_false (fxp_matmul_is_short (wide, one, 1, &FXP_SUM_REGISTER_EXACT));
  g_assert_false (fxp_matmul_is_short (one, FXP_FORMAT_FLOAT, 1, &FXP_SUM_REGISTER_EXACT));
  g_assert_false (fxp_matmul_is_short (FXP_FORMAT_FLOAT, one, 1, &FXP_SUM_REGISTER_EXACT));
}

int
main (int argc, char *argv[])
{
  const guint n_units = fxp_vector_unit_get () + 1;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/matmul-sums/is-short", test_is_short);
  for (guint unit = 0; unit < n_units; unit++)
    {
      const char *name = fxp_vector_unit_get_name ((FxpVectorUnit)unit);
      g_autofree char *path = g_strconcat ("/tensor/matmul-sums/sums/", name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (unit), test_sums);
    }
  return g_test_run ();
}
