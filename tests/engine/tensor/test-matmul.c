/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/random.h"
#include "number/vector-unit-private.h"
#include "tensor/matmul-private.h"

#include <math.h>
#include <string.h>

/* A matrix that owns its codes. */
typedef struct
{
  FxpMatrix matrix;
  gsize n_rows, n_columns;
  guint8 *data;
} Operand;

typedef enum
{
  FILL_RANDOM,
  FILL_MIN,
  FILL_MAX,
  FILL_EXTREMES,
  N_FILLS
} Fill;

typedef enum
{
  LAYOUT_ROWS,
  LAYOUT_TURNED,
  LAYOUT_SPREAD, /* gaps between rows and between elements */
  N_LAYOUTS
} Layout;

static guint32 draw_index;

static guint32
draw (void)
{
  return fxp_noise_draw ((FxpNoise){{0x1234567, 0x89abcdef}}, draw_index++);
}

static gint64
draw_code (FxpFormat format, Fill fill)
{
  gint64 min = fxp_format_get_min_code (format), max = fxp_format_get_max_code (format);

  switch (fill)
    {
    case FILL_MIN:
      return min;
    case FILL_MAX:
      return max;
    case FILL_EXTREMES:
      return draw () & 1 ? min : max;
    default: /* FILL_RANDOM */
      return min + (gint64)(draw () % ((guint64)(max - min) + 1));
    }
}

static void
put_code (FxpFormat format, guint8 *data, gsize i, gint64 code)
{
  gsize size = fxp_storage_get_size (fxp_format_get_storage (format));

  /* The low bytes of two's complement serve every width. */
  memcpy (data + i * size, &code, size);
}

static Operand *
operand_new (FxpFormat format, gsize n_rows, gsize n_columns, Layout layout, Fill fill)
{
  Operand *self = g_new0 (Operand, 1);
  gsize row_stride = n_columns, column_stride = 1, n;

  if (layout == LAYOUT_TURNED)
    {
      row_stride = 1;
      column_stride = n_rows;
    }
  else if (layout == LAYOUT_SPREAD)
    {
      row_stride = 3 * n_columns + 1;
      column_stride = 3;
    }
  n = n_rows * row_stride + n_columns * column_stride + 1;
  self->n_rows = n_rows;
  self->n_columns = n_columns;
  self->data = g_malloc (n * 4);
  memset (self->data, 0x55, n * 4);
  self->matrix = (FxpMatrix){self->data, format, row_stride, column_stride};
  for (gsize r = 0; r < n_rows; r++)
    for (gsize c = 0; c < n_columns; c++)
      {
        gsize i = r * row_stride + c * column_stride;

        if (fxp_format_is_float (format))
          ((float *)(gpointer)self->data)[i] = ((gint32)draw ()) * 0x1p-31f;
        else
          put_code (format, self->data, i, draw_code (format, fill));
      }
  return self;
}

static void
operand_free (Operand *self)
{
  g_free (self->data);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Operand, operand_free)

static gint64
operand_get_code (const Operand *self, gsize row, gsize column)
{
  return fxp_format_get_code (self->matrix.format,
                              self->data,
                              row * self->matrix.row_stride + column * self->matrix.column_stride);
}

static float
operand_get_float (const Operand *self, gsize row, gsize column)
{
  FxpFormat format = self->matrix.format;

  if (fxp_format_is_float (format))
    return ((const float *)(const void *)
              self->data)[row * self->matrix.row_stride + column * self->matrix.column_stride];
  return (float)operand_get_code (self, row, column) * (float)fxp_format_get_step (format);
}

static __int128
clamp_to_bits (__int128 sum, guint bits)
{
  __int128 limit = (__int128)1 << (bits - 1);

  return CLAMP (sum, -limit, limit - 1);
}

/* The sum of one output as the header defines it, in 128 bits. */
static gint64
sum_naively (const Operand *a,
             const Operand *b,
             gsize i,
             gsize j,
             const FxpSumRegister *sum,
             FxpSumCounts *counts)
{
  guint bits = sum->mode == FXP_SUM_EXACT ? 64 : sum->bits;
  __int128 exact = 0, held = 0;
  unsigned __int128 magnitude;
  gboolean left = FALSE;

  for (gsize p = 0; p < a->n_columns; p++)
    {
      __int128 term = (__int128)operand_get_code (a, i, p) * operand_get_code (b, p, j);

      exact += term;
      left |= clamp_to_bits (held + term, bits) != held + term;
      held = clamp_to_bits (held + term, bits);
    }
  if (sum->mode != FXP_SUM_SATURATE)
    {
      held = clamp_to_bits (exact, bits);
      left = held != exact;
    }
  if (sum->mode == FXP_SUM_WRAP && left)
    {
      unsigned __int128 low = (unsigned __int128)exact << (128 - bits);

      held = (__int128)low >> (128 - bits);
    }
  magnitude = exact < 0 ? -(unsigned __int128)exact : (unsigned __int128)exact;
  counts->n++;
  counts->n_overflowed += left;
  counts->peak = MAX (counts->peak, (guint64)MIN (magnitude, (guint64)1 << 63));
  return (gint64)held;
}

static void
check_fixed (const Operand *a,
             const Operand *b,
             const FxpSumRegister *sum,
             FxpScratch *scratch,
             FxpTeam *team)
{
  gsize m = a->n_rows, n = b->n_columns, stride = n + 2;
  g_autofree double *out = g_new0 (double, m *stride);
  int frac_bits = a->matrix.format.frac_bits + b->matrix.format.frac_bits;
  FxpSumCounts counts = {0}, expected = {0};

  for (gsize i = 0; i < m * stride; i++)
    out[i] = -7;
  fxp_matmul (&a->matrix, &b->matrix, m, n, a->n_columns, sum, out, stride, scratch, team, &counts);
  for (gsize i = 0; i < m; i++)
    {
      for (gsize j = 0; j < n; j++)
        {
          double value = ldexp ((double)sum_naively (a, b, i, j, sum, &expected), -frac_bits);

          if (value != out[i * stride + j])
            g_test_message ("(%zu,%zu) of %zux%zux%zu", i, j, m, n, a->n_columns);
          g_assert_cmpfloat (value, ==, out[i * stride + j]);
        }
      for (gsize j = n; j < stride; j++)
        g_assert_cmpfloat (out[i * stride + j], ==, -7);
    }
  g_assert_cmpuint (counts.n, ==, expected.n);
  g_assert_cmpuint (counts.n_overflowed, ==, expected.n_overflowed);
  g_assert_cmpuint (counts.peak, ==, expected.peak);
}

static const FxpFormat formats[] = {
  {1, 0, TRUE},
  {2, 1, TRUE},
  {1, 1, FALSE},
  {8, 5, TRUE},
  {8, 9, FALSE},
  {12, 11, TRUE},
  {15, 14, FALSE},
  {16, -3, TRUE},
  {16, 20, FALSE},
  {20, 10, TRUE},
  {31, 30, FALSE},
  {32, 40, TRUE},
  {32, -20, FALSE},
};

static const guint widths[] = {2, 3, 8, 16, 31, 32, 33, 63, 64};

/* Every register on one pair of operands. */
static void
check_registers (const Operand *a, const Operand *b, FxpScratch *scratch, FxpTeam *team)
{
  check_fixed (a, b, &FXP_SUM_REGISTER_EXACT, scratch, team);
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      check_fixed (a, b, &(FxpSumRegister){FXP_SUM_WRAP, widths[i]}, scratch, team);
      check_fixed (a, b, &(FxpSumRegister){FXP_SUM_SATURATE, widths[i]}, scratch, team);
    }
}

static void
test_formats (void)
{
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();

  for (guint x = 0; x < G_N_ELEMENTS (formats); x++)
    for (guint y = 0; y < G_N_ELEMENTS (formats); y++)
      for (Fill fill = 0; fill < N_FILLS; fill++)
        {
          g_autoptr (Operand) a = operand_new (formats[x], 3, 11, (Layout)(x % N_LAYOUTS), fill);
          g_autoptr (Operand) b = operand_new (formats[y], 11, 6, (Layout)(y % N_LAYOUTS), fill);

          check_registers (a, b, scratch, NULL);
        }
}

static void
test_sizes (void)
{
  static const gsize sizes[] = {1, 2, 3, 5, 8, 17, 32, 65, 131};
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
      for (guint p = 0; p < G_N_ELEMENTS (sizes); p++)
        {
          FxpFormat format = formats[(i * 5 + j * 3 + p) % G_N_ELEMENTS (formats)];
          g_autoptr (Operand) a =
            operand_new (format, sizes[i], sizes[p], (Layout)((i + p) % N_LAYOUTS), FILL_EXTREMES);
          g_autoptr (Operand) b = operand_new (FXP_FORMAT_SIGNED (12, 3),
                                               sizes[p],
                                               sizes[j],
                                               (Layout)((i + j) % N_LAYOUTS),
                                               FILL_RANDOM);

          if (sizes[i] * sizes[j] * sizes[p] > 20000)
            continue;
          check_fixed (a, b, &FXP_SUM_REGISTER_EXACT, scratch, NULL);
          check_fixed (a, b, &(FxpSumRegister){FXP_SUM_WRAP, 14}, scratch, NULL);
          check_fixed (a, b, &(FxpSumRegister){FXP_SUM_SATURATE, 18}, scratch, NULL);
        }
}

/* Sums of as many extreme products as a block of 32-bit partial sums holds, and one more. */
static void
test_blocks (void)
{
  static const guint bits[][2] = {
    {16, 16},
    {16, 15},
    {16, 13},
    {14, 14},
    {12, 12},
    {12, 16},
    {10, 10},
    {8, 13},
  };
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();

  for (guint i = 0; i < G_N_ELEMENTS (bits); i++)
    for (guint sign = 0; sign < 4; sign++)
      {
        FxpFormat x = {bits[i][0] - (sign & 1 ? 0 : 1), 4, sign & 1};
        FxpFormat y = {bits[i][1] - (sign & 2 ? 0 : 1), 4, (sign & 2) != 0};
        gsize k = 1;

        while (fxp_matmul_fits (x, y, k, 32))
          k++;
        for (gsize size = k - 1; size <= 2 * k + 1; size += (size > k ? k : 1))
          for (Fill fill = FILL_MIN; fill <= FILL_MAX; fill++)
            {
              g_autoptr (Operand) a = operand_new (x, 2, size, LAYOUT_ROWS, fill);
              g_autoptr (Operand) b = operand_new (y, size, 5, LAYOUT_ROWS, fill);

              check_fixed (a, b, &FXP_SUM_REGISTER_EXACT, scratch, NULL);
              check_fixed (a, b, &(FxpSumRegister){FXP_SUM_WRAP, 32}, scratch, NULL);
              check_fixed (a, b, &(FxpSumRegister){FXP_SUM_SATURATE, 31}, scratch, NULL);
            }
      }
}

static void
check_float (const Operand *a, const Operand *b, FxpScratch *scratch, FxpTeam *team)
{
  gsize m = a->n_rows, n = b->n_columns;
  g_autofree double *out = g_new0 (double, m *n);
  FxpSumCounts counts = {0};

  fxp_matmul (&a->matrix,
              &b->matrix,
              m,
              n,
              a->n_columns,
              &FXP_SUM_REGISTER_EXACT,
              out,
              n,
              scratch,
              team,
              &counts);
  for (gsize i = 0; i < m; i++)
    for (gsize j = 0; j < n; j++)
      {
        float sum = 0;

        for (gsize p = 0; p < a->n_columns; p++)
          sum += operand_get_float (a, i, p) * operand_get_float (b, p, j);
        g_assert_cmpfloat (out[i * n + j], ==, sum);
      }
  g_assert_cmpuint (counts.n, ==, 0);
  g_assert_cmpuint (counts.peak, ==, 0);
}

/* The order of a float sum is the order of its terms, wherever its output lies. */
static void
test_float (void)
{
  static const gsize sizes[] = {1, 3, 16, 9, 66, 128};
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint x = 0; x <= G_N_ELEMENTS (formats); x++)
      {
        FxpFormat format = x < G_N_ELEMENTS (formats) ? formats[x] : FXP_FORMAT_FLOAT;
        gsize m = sizes[i], n = sizes[(i + x) % G_N_ELEMENTS (sizes)], k = sizes[x % 6];
        Layout layout = (Layout)(x % N_LAYOUTS);
        g_autoptr (Operand) fixed = operand_new (format, m, k, layout, FILL_RANDOM);
        g_autoptr (Operand) real =
          operand_new (FXP_FORMAT_FLOAT, k, n, (Layout)(i % N_LAYOUTS), FILL_RANDOM);
        g_autoptr (Operand) left = operand_new (FXP_FORMAT_FLOAT, m, k, layout, FILL_RANDOM);
        g_autoptr (Operand) right = operand_new (format, k, n, layout, FILL_RANDOM);

        check_float (fixed, real, scratch, NULL);
        check_float (left, right, scratch, NULL);
      }
}

static void
test_team (void)
{
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();

  for (guint n_threads = 1; n_threads <= 4; n_threads++)
    {
      g_autoptr (FxpTeam) team = fxp_team_new (n_threads);

      for (guint x = 5; x < 12; x += 2)
        {
          g_autoptr (Operand) a = operand_new (formats[x], 71, 83, LAYOUT_ROWS, FILL_RANDOM);
          g_autoptr (Operand) b = operand_new (formats[x], 83, 69, LAYOUT_ROWS, FILL_RANDOM);
          g_autoptr (Operand) wide = operand_new (formats[x], 83, 99, LAYOUT_TURNED, FILL_RANDOM);
          g_autoptr (Operand) real =
            operand_new (FXP_FORMAT_FLOAT, 83, 69, LAYOUT_TURNED, FILL_RANDOM);

          check_fixed (a, b, &FXP_SUM_REGISTER_EXACT, scratch, team);
          check_fixed (a, wide, &(FxpSumRegister){FXP_SUM_WRAP, 24}, scratch, team);
          check_fixed (a, b, &(FxpSumRegister){FXP_SUM_SATURATE, 24}, scratch, team);
          check_float (a, real, scratch, team);
        }
    }
}

/* More rows than a tile has, sums of several blocks and segments, rows that lie at an unlucky
 * distance, and a half strip at the end. */
static void
test_large (void)
{
  static const FxpFormat formats_here[] = {{8, 5, TRUE}, {12, 11, TRUE}, {16, -3, TRUE}};
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();

  for (guint x = 0; x < G_N_ELEMENTS (formats_here); x++)
    for (Layout layout = 0; layout < LAYOUT_SPREAD; layout++)
      {
        FxpFormat format = formats_here[x];
        g_autoptr (Operand) a = operand_new (format, 197, 1024, layout, FILL_EXTREMES);
        g_autoptr (Operand) b = operand_new (format, 1024, 38, layout, FILL_EXTREMES);
        g_autoptr (Operand) c = operand_new (format, 35, 2048, layout, FILL_MIN);
        g_autoptr (Operand) d = operand_new (format, 2048, 101, layout, FILL_MIN);
        g_autoptr (Operand) real = operand_new (FXP_FORMAT_FLOAT, 2048, 97, layout, FILL_RANDOM);

        check_fixed (a, b, &FXP_SUM_REGISTER_EXACT, scratch, NULL);
        check_fixed (a, b, &(FxpSumRegister){FXP_SUM_WRAP, 20}, scratch, NULL);
        check_fixed (c, d, &FXP_SUM_REGISTER_EXACT, scratch, NULL);
        check_float (c, real, scratch, NULL);
      }
}

static void
test_empty (void)
{
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();
  g_autoptr (Operand) a = operand_new (FXP_FORMAT_SIGNED (8, 4), 3, 0, LAYOUT_ROWS, FILL_RANDOM);
  g_autoptr (Operand) b = operand_new (FXP_FORMAT_SIGNED (8, 4), 0, 4, LAYOUT_ROWS, FILL_RANDOM);
  g_autoptr (Operand) c = operand_new (FXP_FORMAT_FLOAT, 0, 4, LAYOUT_ROWS, FILL_RANDOM);

  check_registers (a, b, scratch, NULL);
  check_float (a, c, scratch, NULL);
}

/* To run with each vector unit. */
static const struct
{
  const char *path;
  GTestFunc test;
} unit_tests[] = {
  {"/tensor/matmul/formats", test_formats},
  {"/tensor/matmul/sizes", test_sizes},
  {"/tensor/matmul/blocks", test_blocks},
  {"/tensor/matmul/float", test_float},
  {"/tensor/matmul/team", test_team},
  {"/tensor/matmul/large", test_large},
  {"/tensor/matmul/empty", test_empty},
};

/* @data: number of the test, times FXP_N_VECTOR_UNITS, and the unit. */
static void
run_with_unit (gconstpointer data)
{
  draw_index = 0;
  fxp_vector_unit_limit ((FxpVectorUnit)(GPOINTER_TO_UINT (data) % FXP_N_VECTOR_UNITS));
  unit_tests[GPOINTER_TO_UINT (data) / FXP_N_VECTOR_UNITS].test ();
}

int
main (int argc, char **argv)
{
  guint n_units = fxp_vector_unit_get () + 1;

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (unit_tests); i++)
    for (guint unit = 0; unit < n_units; unit++)
      {
        const char *name = fxp_vector_unit_get_name ((FxpVectorUnit)unit);
        g_autofree char *path = g_strconcat (unit_tests[i].path, "/", name, NULL);

        gpointer data = GUINT_TO_POINTER (i * FXP_N_VECTOR_UNITS + unit);

        g_test_add_data_func (path, data, run_with_unit);
      }
  return g_test_run ();
}
