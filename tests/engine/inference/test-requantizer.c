/* SPDX-License-Identifier: MIT */
/* From sums to codes: the loops of every vector unit against A acc + B, the activation, the shift
 * and the clip as they are written. */
#include "config.h"

#include "inference/requantizer-private.h"
#include "number/random.h"
#include "number/vector-unit-private.h"

#define N_UNITS 37
#define N_ROWS  24
#define OUTPUT  ((gint64)1 << 52)

typedef struct
{
  gint16 factors[N_UNITS];
  gint64 offsets[N_UNITS];
  gint32 sums[N_ROWS * N_UNITS];
  FxpNode node;
} Layer;

static guint32
draw (guint32 *i)
{
  return fxp_noise_draw (fxp_noise_new (23, 0, 0, 0, 0), (*i)++);
}

/* Of any magnitude up to 2^bits. */
static gint64
draw_magnitude (guint32 *i, guint bits)
{
  const guint64 value = (guint64)draw (i) << 32 | draw (i);
  const gint64 magnitude = value >> (64 - 1 - draw (i) % bits);

  return draw (i) & 1 ? -magnitude : magnitude;
}

/* Sums around where codes begin and end, extreme ones, and any. */
static gint32
draw_sum (const Layer *self, gsize unit, guint shift, guint32 *i)
{
  const gint64 code = (gint64)(draw (i) % 300) - 150;
  const gint64 factor = self->factors[unit];
  gint64 sum = draw_magnitude (i, 31);

  if (draw (i) % 2 == 0 && factor != 0 && shift < 40)
    sum = ((code * 2 + 1) * ((gint64)1 << shift) / 2 - self->offsets[unit]) / factor +
          (gint64)(draw (i) % 3) - 1;
  else if (draw (i) % 8 == 0)
    sum = draw (i) & 1 ? G_MAXINT32 : -G_MAXINT32;
  return (gint32)CLAMP (sum, -G_MAXINT32, G_MAXINT32);
}

/* |A acc + B| stays within 2^52, as conversion sees to. */
static void
layer_init (Layer *self, guint shift, guint32 *i)
{
  self->node = (FxpNode){.activates = TRUE, .factors = self->factors, .offsets = self->offsets};
  for (gsize unit = 0; unit < N_UNITS; unit++)
    {
      self->factors[unit] = unit == 3 ? 0 : (gint16)draw_magnitude (i, 15);
      self->offsets[unit] = draw_magnitude (i, unit % 2 == 0 ? 51 : MIN (shift + 10, 51));
    }
  for (gsize k = 0; k < G_N_ELEMENTS (self->sums); k++)
    self->sums[k] = draw_sum (self, k % N_UNITS, shift, i);
}

/* The code as the contract has it; *@clipped where it was. */
static gint64
convert_plainly (const Layer *self,
                 gsize k,
                 FxpActivation activation,
                 int exponent,
                 FxpFormat format,
                 guint shift,
                 gboolean *clipped)
{
  const gint64 most = fxp_codes_get_max (format), least = format.is_signed ? -most : 0;
  const __int128 one = (__int128)1 << -exponent;
  const __int128 half = shift == 0 ? 0 : (__int128)1 << (shift - 1);
  __int128 z = (__int128)self->factors[k % N_UNITS] * self->sums[k] + self->offsets[k % N_UNITS];

  if (activation == FXP_ACTIVATION_HARD_TANH)
    z = CLAMP (z, -one, one);
  else if (activation != FXP_ACTIVATION_TANH)
    z = MAX (z, 0);
  if (activation == FXP_ACTIVATION_CLIPPED_RELU)
    z = MIN (z, 2 * one);
  z = (z + half) >> shift;
  *clipped = z < least || z > most;
  return (gint64)CLAMP (z, least, most);
}

static void
check (FxpActivation activation, FxpFormat format, guint shift, guint32 *seed)
{
  const int exponent = -format.frac_bits - (int)shift;
  const FxpStorage storage = fxp_format_get_storage (format);
  g_autoptr (FxpRequantizer) requantizer = fxp_requantizer_new (N_UNITS);
  g_autofree gpointer codes = g_malloc (N_ROWS * N_UNITS * fxp_storage_get_size (storage));
  Layer layer;

  layer_init (&layer, shift, seed);
  /* tanh stands for none. */
  layer.node.activates = activation != FXP_ACTIVATION_TANH;
  fxp_requantizer_begin (requantizer, &layer.node, activation, exponent, exponent);
  g_assert_cmpint (requantizer->exponent, ==, exponent);
  fxp_requantizer_aim (requantizer, format);
  for (FxpVectorUnit unit = FXP_VECTOR_PLAIN; unit < FXP_N_VECTOR_UNITS; unit++)
    {
      guint64 n_clipped = 0, n_found;

      fxp_vector_unit_limit (unit);
      n_found = fxp_cluster_kernels_get ()->requantize[storage](&requantizer->loop,
                                                                layer.sums,
                                                                N_ROWS,
                                                                N_UNITS,
                                                                codes);
      for (gsize k = 0; k < N_ROWS * N_UNITS; k++)
        {
          gboolean clipped;
          const gint64 expected =
            convert_plainly (&layer, k, activation, exponent, format, shift, &clipped);
          guint64 n_one = 0;

          n_clipped += clipped;
          g_assert_cmpint (fxp_format_get_code (format, codes, k), ==, expected);
          g_assert_cmpint (fxp_down_conversion_take (&requantizer->conversion,
                                                     fxp_requantizer_get_output (requantizer,
                                                                                 k % N_UNITS,
                                                                                 layer.sums[k]),
                                                     &n_one),
                           ==,
                           expected);
          g_assert_cmpuint (n_one, ==, clipped);
        }
      g_assert_cmpuint (n_found, ==, n_clipped);
    }
  fxp_vector_unit_limit (FXP_N_VECTOR_UNITS - 1);
}

static void
test_loops (gconstpointer data)
{
  static const guint8 words[] = {2, 4, 8, 9, 16};
  const FxpActivation activation = GPOINTER_TO_UINT (data);
  guint32 seed = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    for (guint is_signed = 0; is_signed < 2; is_signed++)
      for (guint shift = 0; shift <= 60; shift++)
        check (activation, (FxpFormat){words[i], 5, is_signed}, shift, &seed);
}

/* B on another grid: exact where that is finer, rounded half up where it is coarser, and never
 * beyond what y can be. */
static void
test_grids (void)
{
  static const struct
  {
    gint64 offset;
    int coarser;
    gint64 expected;
  } grids[] = {
    {5, 0, 5},
    {5, 1, 3},
    {-5, 1, -2},
    {-6, 2, -1},
    {5, -3, 40},
    {-OUTPUT, -1, -OUTPUT},
    {OUTPUT / 4 + 1, -1, OUTPUT / 2 + 2},
    {OUTPUT, 53, 1},
    {-OUTPUT, 53, 0},
    {OUTPUT, 54, 0},
    {1, -60, OUTPUT},
    {-1, -60, -OUTPUT},
    {OUTPUT, 70, 0},
    {0, -100, 0},
  };
  g_autoptr (FxpRequantizer) requantizer = fxp_requantizer_new (1);

  for (gsize i = 0; i < G_N_ELEMENTS (grids); i++)
    {
      gint64 offset = grids[i].offset;
      gint16 factor = 1;
      const FxpNode node = {.factors = &factor, .offsets = &offset, .factor_exponent = -3};

      fxp_requantizer_begin (requantizer, &node, FXP_ACTIVATION_RELU, -20, -20 + grids[i].coarser);
      g_assert_cmpint (fxp_requantizer_get_output (requantizer, 0, 7), ==, 7 + grids[i].expected);
      g_assert_cmpint (requantizer->exponent, ==, -23 + grids[i].coarser);
    }
}

/* 1 and 2 on the grid of y, floored, which is 0 where that is coarser than they are. */
static void
test_limits (void)
{
  static const struct
  {
    int exponent;
    gint64 one, two;
  } grids[] = {{-20, 1 << 20, 1 << 21}, {-1, 2, 4}, {0, 1, 2}, {1, 0, 1}, {2, 0, 0}, {90, 0, 0}};
  FxpActivationLimits limits;

  for (gsize i = 0; i < G_N_ELEMENTS (grids); i++)
    {
      limits = fxp_activation_get_limits (FXP_ACTIVATION_HARD_TANH, TRUE, grids[i].exponent);
      g_assert_cmpint (limits.least, ==, -grids[i].one);
      g_assert_cmpint (limits.greatest, ==, grids[i].one);
      limits = fxp_activation_get_limits (FXP_ACTIVATION_CLIPPED_RELU, TRUE, grids[i].exponent);
      g_assert_cmpint (limits.least, ==, 0);
      g_assert_cmpint (limits.greatest, ==, grids[i].two);
      limits = fxp_activation_get_limits (FXP_ACTIVATION_RELU, TRUE, grids[i].exponent);
      g_assert_cmpint (limits.least, ==, 0);
      g_assert_cmpint (limits.greatest, >, OUTPUT);
      /* Where there is none. */
      limits = fxp_activation_get_limits (FXP_ACTIVATION_HARD_TANH, FALSE, grids[i].exponent);
      g_assert_cmpint (limits.least, <, -OUTPUT);
      g_assert_cmpint (limits.greatest, >, OUTPUT);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < FXP_N_ACTIVATIONS; i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/requantizer/loops/%s", fxp_activation_get_nick (i));

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_loops);
    }
  g_test_add_func ("/requantizer/grids", test_grids);
  g_test_add_func ("/requantizer/limits", test_limits);

  return g_test_run ();
}
