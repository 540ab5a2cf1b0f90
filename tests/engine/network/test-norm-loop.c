/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <math.h>

#include "network/norm-loop-private.h"
#include "number/vector-unit-private.h"

/* One pass over registers gives what quantizer, decoding and plain arithmetic give one by one. */

#define N_MAX 700

static const guint channel_counts[] = {1, 3, 16, 20, 33, 48};
static const FxpFormat formats[] = {
  FXP_FORMAT_SIGNED (12, 9),
  FXP_FORMAT_SIGNED (8, 5),
  {8, 6, FALSE},
  {16, 11, FALSE},
  FXP_FORMAT_SIGNED (16, 20),
  FXP_FORMAT_SIGNED (24, 12),
};

typedef struct
{
  FxpQuantizer quantizer, activation;
  FxpFormat gradient_format;
  gsize n_channels, n_pixels, first, n;
  gboolean is_short, has_identity;
  FxpActivation function;
  double sums[N_MAX];
  gint32 short_sums[N_MAX];
  double rows[FXP_N_NORM_ROWS][2 * N_MAX];
  guint32 gradient[N_MAX], identity[N_MAX]; /* codes of any storage */
  FxpNoise noises[2];
} Case;

/* What a loop leaves behind; one code more than it may write. */
typedef struct
{
  guint8 codes[4 * N_MAX + 4], activations[4 * N_MAX + 4], mask[N_MAX + 1];
  double values[N_MAX + 1];
  FxpQuantizeCounts counts[2];
} Result;

static void
fill_codes (guint key, FxpFormat format, gpointer codes, gsize n)
{
  const FxpNoise noise = fxp_noise_new (key, 0, 0, 0, FXP_STREAM_SYNTHETIC);
  const FxpQuantizer quantizer = {format, FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE};
  FxpQuantizeCounts counts = {0};

  for (gsize i = 0; i < n; i++)
    {
      double share = 2.2 * fxp_noise_uniform (noise, (guint32)i) - 1.1;
      double value = share * fxp_format_get_max (format);

      fxp_quantizer_apply (&quantizer,
                           NULL,
                           &value,
                           (guint8 *)codes +
                             i * fxp_storage_get_size (fxp_format_get_storage (format)),
                           i,
                           1,
                           &counts,
                           NULL);
    }
}

/* Ordinary values, with what no code can hold and the smallest ones among them. */
static double
get_sum (FxpNoise noise, gsize i, gboolean is_short)
{
  static const double odd[] = {0.0, -0.0, NAN, INFINITY, -INFINITY, 1e300, -1e300, 5e-324, -5e-324};
  double value = 6.0 * fxp_noise_uniform (noise, (guint32)i) - 3.0;

  if (is_short)
    return i % 31 == 7 ? G_MININT32 : i % 29 == 3 ? G_MAXINT32 : rint (value * 0x1p20);
  return i % 37 < G_N_ELEMENTS (odd) && i % 3 == 0 ? odd[i % 37] : value;
}

static void
case_fill (Case *self, guint key)
{
  const FxpNoise noise = fxp_noise_new (key, 1, 0, 0, FXP_STREAM_SYNTHETIC);

  for (gsize i = 0; i < self->n; i++)
    {
      self->sums[i] = get_sum (noise, i, self->is_short);
      self->short_sums[i] = self->is_short ? (gint32)self->sums[i] : 0;
    }
  for (gsize i = 0; i < self->n_channels; i++)
    {
      self->rows[FXP_NORM_MEAN][i] =
        (0.2 * (double)(i % 5) - 0.4) * (self->is_short ? 0x1p20 : 1.0);
      self->rows[FXP_NORM_SCALE][i] =
        (0.7 + 0.1 * (double)(i % 7)) * (self->is_short ? 0x1p-20 : 1.0);
      self->rows[FXP_NORM_GAMMA][i] = 1.3 - 0.3 * (double)(i % 9);
      self->rows[FXP_NORM_BETA][i] = 0.25 * (double)(i % 4) - 0.5;
    }
  for (guint row = 0; row < FXP_N_NORM_ROWS; row++)
    for (gsize i = self->n_channels; i < 2 * N_MAX; i++)
      self->rows[row][i] = self->rows[row][i - self->n_channels];
  fill_codes (key + 1, self->gradient_format, self->gradient, self->n);
  fill_codes (key + 2, self->gradient_format, self->identity, self->n);
  for (guint i = 0; i < 2; i++)
    {
      self->noises[i] = fxp_noise_new (key, 2, i, 0, FXP_STREAM_QUANTIZE);
      if (self->n_channels > 1 && self->n_pixels > 1)
        {
          self->noises[i].n_channels = (guint32)self->n_channels;
          self->noises[i].n_pixels = (guint32)self->n_pixels;
        }
    }
}

static FxpNormSpan
case_get_span (const Case *self, Result *result)
{
  const gsize period = self->n_channels * ((FXP_NORM_OVERLAP - 1) / self->n_channels + 1);
  FxpNormSpan span = {
    .quantizer = &self->quantizer,
    .noise = self->quantizer.rounding == FXP_ROUND_STOCHASTIC ? &self->noises[0] : NULL,
    .period = period,
    .begin = self->first % period,
    .first = self->first,
    .n = self->n,
    .codes = result->codes,
    .sums = self->is_short ? NULL : self->sums,
    .short_sums = self->is_short ? self->short_sums : NULL,
    .values = result->values,
    .function = self->function,
    .activation_quantizer = &self->activation,
    .activation_noise = self->activation.rounding == FXP_ROUND_STOCHASTIC ? &self->noises[1] : NULL,
    .identity_format = self->gradient_format,
    .identity = self->has_identity ? self->identity : NULL,
    .activations = result->activations,
    .mask = result->mask,
    .gradient_format = self->gradient_format,
    .gradient = self->gradient,
  };

  for (guint row = 0; row < FXP_N_NORM_ROWS; row++)
    span.rows[row] = self->rows[row];
  memset (result, 0x5a, sizeof *result);
  memset (result->counts, 0, sizeof result->counts);
  return span;
}

static void
quantize (const FxpNormSpan *span,
          gboolean is_activation,
          const double *values,
          guint8 *clipped,
          Result *result)
{
  fxp_quantizer_apply (is_activation ? span->activation_quantizer : span->quantizer,
                       is_activation ? span->activation_noise : span->noise,
                       values,
                       is_activation ? span->activations : span->codes,
                       span->first,
                       span->n,
                       &result->counts[is_activation],
                       clipped);
}

static void
normalize_apart (const Case *self, Result *result)
{
  const FxpNormSpan span = case_get_span (self, result);
  double values[N_MAX];

  for (gsize i = 0; i < self->n; i++)
    {
      gsize channel = (self->first + i) % self->n_channels;
      double centred = self->sums[i] - self->rows[FXP_NORM_MEAN][channel];

      values[i] = centred * self->rows[FXP_NORM_SCALE][channel];
    }
  quantize (&span, FALSE, values, NULL, result);
  fxp_format_decode (self->quantizer.format, result->codes, self->n, values);
  for (gsize i = 0; i < self->n; i++)
    {
      gsize channel = (self->first + i) % self->n_channels;
      double stretched = self->rows[FXP_NORM_GAMMA][channel] * values[i];

      result->values[i] = stretched + self->rows[FXP_NORM_BETA][channel];
    }
}

/* From the values of normalize_apart() on. */
static void
activate_apart (const Case *self, Result *result)
{
  double values[N_MAX], added[N_MAX];
  guint8 clipped[N_MAX];
  Result normal;
  FxpNormSpan span;

  normalize_apart (self, &normal);
  span = case_get_span (self, result);
  memcpy (result->codes, normal.codes, sizeof normal.codes);
  result->counts[0] = normal.counts[0];
  fxp_format_decode (self->gradient_format, self->identity, self->n, added);
  for (gsize i = 0; i < self->n; i++)
    {
      values[i] = normal.values[i] + (self->has_identity ? added[i] : 0.0);
      result->mask[i] = values[i] > 0.0;
      values[i] = values[i] < 0.0 ? 0.0 : values[i];
      if (self->function == FXP_ACTIVATION_RELU)
        continue;
      result->mask[i] &= values[i] < 2.0;
      values[i] = values[i] > 2.0 ? 2.0 : values[i];
    }
  quantize (&span, TRUE, values, clipped, result);
  for (gsize i = 0; i < self->n; i++)
    result->mask[i] &= clipped[i] ^ 1;
}

static void
differentiate_apart (const Case *self, const FxpNormSpan *span, Result *result)
{
  double values[N_MAX], normal[N_MAX];

  fxp_format_decode (self->gradient_format, self->gradient, self->n, values);
  fxp_format_decode (span->normal_format, span->normal, self->n, normal);
  for (gsize i = 0; i < self->n; i++)
    {
      gsize channel = (self->first + i) % self->n_channels;
      double centred = values[i] - self->rows[FXP_NORM_MEAN][channel];
      double along = normal[i] * self->rows[FXP_NORM_GAMMA][channel];

      values[i] = (centred - along) * self->rows[FXP_NORM_SCALE][channel];
    }
  quantize (span, FALSE, values, NULL, result);
}

static void
assert_same (const Result *a, const Result *b, gboolean has_values)
{
  g_assert_cmpmem (a->codes, sizeof a->codes, b->codes, sizeof b->codes);
  g_assert_cmpmem (a->activations, sizeof a->activations, b->activations, sizeof b->activations);
  g_assert_cmpmem (a->mask, sizeof a->mask, b->mask, sizeof b->mask);
  g_assert_cmpmem (a->counts, sizeof a->counts, b->counts, sizeof b->counts);
  if (has_values)
    g_assert_cmpmem (a->values, sizeof a->values, b->values, sizeof b->values);
}

static void
check (const Case *self)
{
  const FxpNormLoop *loop = fxp_norm_loop_get ();
  Result apart, found;
  FxpNormSpan span;

  normalize_apart (self, &apart);
  span = case_get_span (self, &found);
  g_assert_true (loop->normalize (&span, &found.counts[0]));
  assert_same (&apart, &found, TRUE);

  activate_apart (self, &apart);
  span = case_get_span (self, &found);
  g_assert_true (loop->normalize_and_activate (&span, &found.counts[0], &found.counts[1]));
  assert_same (&apart, &found, FALSE);
  g_assert_cmpuint (found.counts[0].n, ==, self->n);

  span = case_get_span (self, &found);
  span.normal_format = self->gradient_format;
  span.normal = self->identity;
  differentiate_apart (self, &span, &found);
  apart = found;
  case_get_span (self, &found);
  g_assert_true (loop->differentiate (&span, &found.counts[0]));
  assert_same (&apart, &found, FALSE);
}

/* Every format meets every number of channels and both kinds of sums; pieces begin anywhere. */
static void
check_formats (FxpRounding rounding, FxpRounding activation_rounding)
{
  g_autofree Case *self = g_new0 (Case, 1);
  guint key = 0;

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    for (guint j = 0; j < G_N_ELEMENTS (channel_counts); j++)
      for (guint kind = 0; kind < 4; kind++)
        {
          const guint n_formats = G_N_ELEMENTS (formats);

          self->quantizer =
            (FxpQuantizer){formats[i],
                           rounding,
                           kind % 2 == 0 ? FXP_OVERFLOW_SATURATE : FXP_OVERFLOW_SATURATE_SYMMETRIC};
          self->activation = (FxpQuantizer){formats[(i + j) % n_formats],
                                            activation_rounding,
                                            FXP_OVERFLOW_SATURATE};
          self->gradient_format = formats[(i + kind) % n_formats];
          self->n_channels = channel_counts[j];
          self->n_pixels = j % 2 == 0 ? 9 : 5;
          self->first = self->n_channels * (kind * 7);
          self->n = self->n_channels * (N_MAX / self->n_channels - kind);
          self->is_short = kind / 2 == 1;
          self->function = j % 3 == 1 ? FXP_ACTIVATION_CLIPPED_RELU : FXP_ACTIVATION_RELU;
          self->has_identity = (i + kind) % 2 == 0;
          case_fill (self, key++);
          check (self);
        }
}

static void
test_unit (gconstpointer data)
{
  const FxpVectorUnit unit = GPOINTER_TO_UINT (data);

  fxp_vector_unit_limit (unit);
  if (fxp_vector_unit_get () != unit)
    {
      g_test_skip ("the CPU does not have it, or ROUNDOFF_VECTORS forbids it");
      return;
    }
  for (guint rounding = 0; rounding < FXP_N_ROUNDINGS; rounding++)
    if (rounding != FXP_ROUND_SIGN)
      check_formats (rounding, rounding);
  check_formats (FXP_ROUND_STOCHASTIC, FXP_ROUND_NEAREST_EVEN);
  check_formats (FXP_ROUND_NEAREST_EVEN, FXP_ROUND_STOCHASTIC);
}

/* What the vectors do not take is left alone. */
static void
test_refused (void)
{
  static const FxpQuantizer refused[] = {
    {{0, 0, TRUE}, FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE},
    {FXP_FORMAT_SIGNED (12, 9), FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_WRAP},
    {FXP_FORMAT_SIGNED (32, 9), FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE},
    {FXP_FORMAT_SIGNED (2, 0), FXP_ROUND_SIGN, FXP_OVERFLOW_SATURATE},
  };
  const FxpQuantizer taken = {formats[0], FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE};
  g_autofree Case *self = g_new0 (Case, 1);
  Result before, found;

  self->n_channels = 16;
  self->n_pixels = 4;
  self->n = 64;
  self->gradient_format = formats[0];
  fxp_vector_unit_limit (FXP_N_VECTOR_UNITS - 1);
  for (guint i = 0; i <= G_N_ELEMENTS (refused); i++)
    {
      FxpNormSpan span;

      /* The last one is without vectors. */
      if (i == G_N_ELEMENTS (refused))
        fxp_vector_unit_limit (FXP_VECTOR_PLAIN);
      self->quantizer = i < G_N_ELEMENTS (refused) ? refused[i] : taken;
      self->activation = taken;
      case_fill (self, i);
      case_get_span (self, &before);
      span = case_get_span (self, &found);
      span.normal_format = self->gradient_format;
      span.normal = self->identity;
      g_assert_false (fxp_norm_loop_get ()->normalize (&span, &found.counts[0]));
      g_assert_false (
        fxp_norm_loop_get ()->normalize_and_activate (&span, &found.counts[0], &found.counts[1]));
      g_assert_false (fxp_norm_loop_get ()->differentiate (&span, &found.counts[0]));
      assert_same (&before, &found, TRUE);
    }
  fxp_vector_unit_limit (FXP_N_VECTOR_UNITS - 1);
  for (guint function = 0; function < FXP_N_ACTIVATIONS; function++)
    {
      FxpNormSpan span;

      if (function == FXP_ACTIVATION_RELU || function == FXP_ACTIVATION_CLIPPED_RELU)
        continue;
      self->function = function;
      case_get_span (self, &before);
      span = case_get_span (self, &found);
      g_assert_false (
        fxp_norm_loop_get ()->normalize_and_activate (&span, &found.counts[0], &found.counts[1]));
      assert_same (&before, &found, TRUE);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/network/norm-loop/avx2", GUINT_TO_POINTER (FXP_VECTOR_AVX2), test_unit);
  g_test_add_data_func ("/network/norm-loop/avx512",
                        GUINT_TO_POINTER (FXP_VECTOR_AVX512),
                        test_unit);
  g_test_add_func ("/network/norm-loop/refused", test_refused);
  return g_test_run ();
}
